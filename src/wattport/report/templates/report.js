"use strict";
(() => {
  const EPOCH_S = Date.UTC(2026, 0, 1) / 1000;
  const tip = document.getElementById("tip");

  // ---- hover, touch and keyboard on SVG charts ----
  const show = (mark, x, y) => {
    if (tip.textContent !== mark.dataset.tip) tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, x + 14), innerWidth - box.width - 8);
    const above = y - box.height - 12;
    tip.style.left = left + "px";
    tip.style.top = (above > 8 ? above : y + 18) + "px";
  };
  const hide = () => { tip.hidden = true; };
  const over = (event) => {
    const mark = event.target.closest ? event.target.closest("[data-tip]") : null;
    if (mark) show(mark, event.clientX, event.clientY); else hide();
  };
  document.addEventListener("pointermove", over);
  document.addEventListener("pointerdown", over);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("focusin", (event) => {
    const mark = event.target;
    if (!mark.dataset || !mark.dataset.tip) { hide(); return; }
    const box = mark.getBoundingClientRect();
    show(mark, box.left + box.width / 2, box.top);
  });
  // One tab stop per chart; the arrows walk through its marks.
  const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  for (const chart of document.querySelectorAll("svg.wp")) {
    const marks = [...chart.querySelectorAll("[data-tip]")];
    marks.forEach((mark, index) => mark.setAttribute("tabindex", index ? "-1" : "0"));
    chart.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { hide(); return; }
      const at = marks.indexOf(event.target);
      const next = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1
        : STEP[event.key] ? at + STEP[event.key] : -1;
      if (at < 0 || next < 0 || next >= marks.length) return;
      event.preventDefault();
      marks[at].setAttribute("tabindex", "-1");
      marks[next].setAttribute("tabindex", "0");
      marks[next].focus();
    });
  }

  // ---- folded tables: paper cannot open them ----
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
  });

  // ---- filterable tables ----
  for (const form of document.querySelectorAll(".filter")) {
    const rows = [...form.parentElement.querySelectorAll("tbody tr")];
    const words = rows.map((row) => row.textContent.toLowerCase());
    const field = form.querySelector("input");
    const count = form.querySelector("output");
    const apply = () => {
      const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      rows.forEach((row, index) => {
        const fits = wanted.every((word) => words[index].includes(word));
        row.hidden = !fits;
        n += fits;
      });
      count.textContent = n + " of " + rows.length;
    };
    form.hidden = false;
    field.addEventListener("input", apply);
    apply();
  }

  // ---- series drawn by uPlot ----
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue("--wp-" + name).trim();
  const ORDER = ["blue", "orange", "green", "purple"];
  const FONT = "12px 'Helvetica Neue', Helvetica, Arial, sans-serif";
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const view = new DataView(await new Response(plain).arrayBuffer());
    return Array.from({ length: packed.n }, (_, k) => {
      const level = view.getInt16(2 * k, true);
      return level === -32768 ? null : packed.offset + packed.step * level;
    });
  };

  const digits = (value) => {
    if (value == null) return "\u2013";
    const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
    return value.toFixed(Math.min(decimals, 4)).replace("-", "\u2212")
      .replace(/\B(?=(\d{3})+(?!\d)(?=\.|$))/g, "\u202f");
  };

  const monthStarts = (plot, _, low, high) => {
    const months = (high - low) / 2629800;
    const fits = (stride) => months / stride <= plot.width / 80;
    const stride = [1, 2, 3, 6, 12, 24, 60].find(fits) || 120;
    const first = new Date(low * 1000);
    const starts = [];
    let k = first.getUTCFullYear() * 12 + first.getUTCMonth();
    for (k = Math.ceil(k / stride) * stride; ; k += stride) {
      const start = Date.UTC(Math.floor(k / 12), k % 12, 1) / 1000;
      if (start > high) return starts;
      if (start >= low) starts.push(start);
    }
  };

  const layout = (content, width) => {
    const isWeek = content.axis === "hour_of_week", isSpan = content.axis === "hour";
    const hour = (v) => DAYS[Math.floor(v / 24) % 7] + " " +
      String(Math.floor(v % 24)).padStart(2, "0") + ":00";
    const short = (v) => MONTHS[new Date(v * 1000).getUTCMonth()];
    const year = (v) => String(new Date(v * 1000).getUTCFullYear());
    const month = (v) => short(v) + " " + year(v);
    const series = [{ label: isWeek ? "Hour (UTC)" : isSpan ? "Hour" : "Month",
      value: (_, v) => v == null ? "\u2013" : isWeek ? hour(v) : isSpan ? v.toFixed(2) : month(v) }];
    const bands = [];
    content.lines.forEach((line, k) => {
      const name = ORDER[k % ORDER.length];
      const value = (_, v) => v == null ? "\u2013" : digits(v) + "\u202f" + content.unit;
      series.push({ label: line.name, points: { show: false }, stroke: colour(name), width: 2, value,
        dash: k % 2 ? [7, 3] : undefined });
      if (line.low) {
        const at = series.length;
        series.push({ label: line.name + (isSpan ? " most" : " P90"), points: { show: false }, stroke: colour(name), width: 0.6, value });
        series.push({ label: line.name + (isSpan ? " least" : " P10"), points: { show: false }, stroke: colour(name), width: 0.6, value });
        bands.push({ series: [at, at + 1], fill: colour(name) + "33" });
      }
    });
    const axis = { stroke: colour("soft"), font: FONT,
      grid: { stroke: colour("rule"), width: 1 }, ticks: { show: false } };
    const x = isWeek
      ? { ...axis, splits: () => [0, 24, 48, 72, 96, 120, 144],
          values: (_, all) => all.map((v) => DAYS[v / 24]) }
      : isSpan ? { ...axis, size: 28, label: "hours since the start", labelSize: 20, labelFont: FONT }
      : { ...axis, splits: monthStarts,
          values: (_, all) => all.map((v) => short(v) === "Jan" ? year(v) : short(v)) };
    const y = { ...axis, size: 62, values: (_, all) => all.map((v) => v == null ? "" :
      String(+v.toPrecision(6)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f")),
      label: content.unit, labelSize: 20, labelFont: FONT };
    return { width, height: width < 560 ? 260 : 320, series, bands,
      tzDate: (s) => uPlot.tzDate(new Date(s * 1000), "Etc/UTC"),
      scales: { x: { time: !isWeek && !isSpan }, y: { range: (_, __, top) => [0, (top || 1) * 1.06] } },
      axes: [x, y], cursor: { y: false }, legend: { live: true } };
  };

  const draw = async (place) => {
    const content = JSON.parse(document.getElementById(place.dataset.from).textContent);
    const x = content.axis === "day" ? content.x.map((d) => EPOCH_S + d * 86400) : content.x;
    const columns = [x];
    for (const line of content.lines) {
      columns.push(await unpack(line.middle));
      if (line.low) columns.push(await unpack(line.high), await unpack(line.low));
    }
    let plot = null;
    const paint = () => {
      const width = Math.min(880, place.clientWidth);
      if (!width) return;
      if (plot) plot.destroy();
      place.textContent = "";
      plot = new uPlot(layout(content, width), columns, place);
    };
    paint();
    let last = place.clientWidth;
    new ResizeObserver(() => {
      if (Math.abs(place.clientWidth - last) > 2) { last = place.clientWidth; paint(); }
    }).observe(place);
    matchMedia("(prefers-color-scheme:dark)").addEventListener("change", paint);
    matchMedia("print").addEventListener("change", paint);
  };

  for (const place of document.querySelectorAll(".series")) {
    const note = place.querySelector(".fallback");
    if (typeof DecompressionStream === "undefined") {
      note.textContent = "This browser is too old to unpack the chart. Its numbers are listed below.";
      continue;
    }
    draw(place).catch(() => {
      note.textContent = "The chart could not be drawn. Its numbers are listed below.";
      place.replaceChildren(note);
    });
  }
})();
