"""What the site's air, sea and markets bring: hourly series with their statistics."""
