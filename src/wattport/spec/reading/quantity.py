"""
Quantities of a campus and of a factory, each with the limits that engineering knows.

A number outside them is a slip - a wrong unit, a digit too many - and is refused with its
line. A number inside them may still make a plan that cannot work: that is a result with a
reason. `docs/limits.md` lists every field with its limits; `wattport schema` gives them to
editors.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from wattport.arrays import FloatArray
from wattport.spec.reading.number import Limits

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2055, 12, 31)


def _whole(least: int, most: int, why: str) -> Limits:
    return Limits(least, most, why, is_whole=True)


# Shares of a whole.
Fraction = Annotated[FloatArray, Limits(0.0, 1.0, "a share")]
SomeFraction = Annotated[FloatArray, Limits(0.01, 1.0, "a share that is not nothing")]
MostFraction = Annotated[FloatArray, Limits(0.0, 0.9, "a share that leaves something")]
Efficiency = Annotated[FloatArray, Limits(0.05, 1.0, "three minutes of work in a paid hour")]
Yield = Annotated[FloatArray, Limits(0.05, 1.0, "one good in twenty is no product yet")]
Spread = Annotated[FloatArray, Limits(0.0, 3.0, "thrice as wild as an exponential")]
Premium = Annotated[FloatArray, Limits(0.0, 10.0, "ten times on top")]
Availability = Annotated[FloatArray, Limits(0.5, 1.0, "out half of the time is no supply")]
Stretch = Annotated[FloatArray, Limits(-0.9, 10.0, "a tenth to eleven times as long")]

# The place.
Latitude = Annotated[FloatArray, Limits(-90.0, 90.0, "pole to pole")]
Longitude = Annotated[FloatArray, Limits(-180.0, 180.0, "around the Earth")]
Elevation = Annotated[FloatArray, Limits(-450.0, 6000.0, "the Dead Sea to the highest towns")]
Humidity = Annotated[FloatArray, Limits(0.01, 1.0, "the driest desert to fog")]
DayOfYear = Annotated[FloatArray, Limits(1.0, 366.0, "a day of the year")]
HourOfDay = Annotated[FloatArray, Limits(0.0, 24.0, "an hour of the day")]

# Power, from a row of racks to ten reactors.
CampusPower = Annotated[FloatArray, Limits(0.1, 10_000.0, "a row of racks to ten reactors")]
HallPower = Annotated[FloatArray, Limits(0.1, 500.0, "a row of racks to a campus under one roof")]
ModulePower = Annotated[FloatArray, Limits(0.1, 20.0, "what a road or a barge carries")]
AuxiliaryPower = Annotated[FloatArray, Limits(0.0, 20.0, "lights and offices, not the load")]
UnitPower = Annotated[FloatArray, Limits(0.05, 20.0, "one rack to the largest heat exchangers")]
HeatPower = Annotated[FloatArray, Limits(0.0, 10_000.0, "all heat of the largest campus")]
HeatDemand = Annotated[
    FloatArray, Limits(0.0, 100_000.0, "the largest district heating, of Moscow, in a year")
]
Ramp = Annotated[FloatArray, Limits(0.01, 10_000.0, "the largest campus within a minute")]
DrivePower = Annotated[FloatArray, Limits(0.0, 300.0, "three tenths of the heat that is moved")]
Pue = Annotated[FloatArray, Limits(1.0, 2.0, "no loss at all to one MW lost for each of IT")]
Cop = Annotated[FloatArray, Limits(1.0, 100.0, "a resistance heater to a lift of three kelvin")]

# The grid.
Voltage = Annotated[FloatArray, Limits(1.0, 1200.0, "medium voltage to the highest in service")]
VoltageFactor = Annotated[FloatArray, Limits(0.5, 1.5, "half the voltage to half as much again")]
Frequency = Annotated[FloatArray, Limits(40.0, 70.0, "grids of 50 and 60 Hz")]
ShortCircuit = Annotated[FloatArray, Limits(10.0, 200_000.0, "an island to 100 kA at 1,150 kV")]
PowerFactor = Annotated[FloatArray, Limits(0.5, 1.0, "an idling motor to a resistance")]
Loading = Annotated[FloatArray, Limits(0.1, 1.0, "a tenth of the rating to all of it")]
CarbonIntensity = Annotated[FloatArray, Limits(0.0, 2000.0, "beyond old lignite, some 1,200")]
Autonomy = Annotated[FloatArray, Limits(0.0, 480.0, "a battery of eight hours")]

# Heat.
AirTemperature = Annotated[FloatArray, Limits(-20.0, 60.0, "a design day anywhere on Earth")]
WaterTemperature = Annotated[FloatArray, Limits(0.0, 80.0, "ice to the hottest a chip bears")]
RackAir = Annotated[FloatArray, Limits(5.0, 45.0, "ASHRAE TC 9.9, allowable for class A4")]
SeaTemperature = Annotated[FloatArray, Limits(-2.0, 40.0, "freezing to the Persian Gulf")]
SeaSwing = Annotated[FloatArray, Limits(0.0, 20.0, "a shallow inland sea")]
SinkTemperature = Annotated[FloatArray, Limits(0.0, 150.0, "melting snow to superheated water")]
Approach = Annotated[FloatArray, Limits(0.0, 20.0, "a perfect to a fouled heat exchanger")]
AirApproach = Annotated[FloatArray, Limits(1.0, 30.0, "a vast to a tiny dry cooler")]
LoopRise = Annotated[FloatArray, Limits(1.0, 40.0, "a torrent to a trickle of water")]

# Dates and durations.
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), "as far as calendars and weather reach"]
Year = Annotated[int, _whole(2000, 2055, "a calendar year that is played")]
DelayWeeks = Annotated[FloatArray, Limits(-260.0, 520.0, "five years early to ten late")]
LeadWeeks = Annotated[FloatArray, Limits(0.0, 520.0, "from stock to ten years, twice the record")]
SupplyWeeks = Annotated[FloatArray, Limits(0.01, 520.0, "two hours to ten years")]
OrderedAhead = Annotated[FloatArray, Limits(-520.0, 520.0, "ten years after to ten before")]
SpacingWeeks = Annotated[FloatArray, Limits(0.0, 104.0, "two years from lot to lot")]
WorkDays = Annotated[FloatArray, Limits(0.0, 2500.0, "ten years of one activity")]
LagDays = Annotated[FloatArray, Limits(-2500.0, 2500.0, "ten years apart")]
StaggerDays = Annotated[FloatArray, Limits(0.0, 1000.0, "a hall in three years")]
LeadDays = Annotated[FloatArray, Limits(0.0, 1000.0, "four years of work at a substation")]
BufferDays = Annotated[FloatArray, Limits(0.0, 1000.0, "racks three years in store")]
TransportDays = Annotated[FloatArray, Limits(0.0, 250.0, "a year on the way")]
RampMonths = Annotated[FloatArray, Limits(0.0, 120.0, "ten years")]
DaysPerWeek = Annotated[FloatArray, Limits(1.0, 7.0, "days of a week")]
WholeDaysPerWeek = Annotated[int, _whole(1, 7, "days of a week")]
WeeksPerYear = Annotated[FloatArray, Limits(1.0, 52.2, "weeks of a year")]
ShiftHours = Annotated[FloatArray, Limits(1.0, 24.0, "hours of a day")]
Shifts = Annotated[int, _whole(1, 6, "shifts of four hours around the clock")]
Life = Annotated[FloatArray, Limits(1.0, 100.0, "a lease to a dam")]
OperationYears = Annotated[int, _whole(1, 60, "the life of a nuclear plant")]
Weeks = Annotated[FloatArray, Limits(1.0, 1040.0, "twenty years")]
WarmUpWeeks = Annotated[FloatArray, Limits(0.0, 1040.0, "twenty years")]

# Plants.
FloorArea = Annotated[FloatArray, Limits(10.0, 1e6, "a garage to twice the Everett works")]
BayArea = Annotated[FloatArray, Limits(1.0, 10_000.0, "a bench to a dry dock")]
Staff = Annotated[int, _whole(1, 20_000, "the largest works")]
MoreStaff = Annotated[int, _whole(0, 20_000, "the largest works")]
CrewSize = Annotated[int, _whole(1, 500, "people at one place")]
Bays = Annotated[int, _whole(1, 500, "places of one station")]
Buffer = Annotated[int, _whole(0, 10_000, "a yard")]
Batch = Annotated[int, _whole(1, 1000, "parts in one oven")]
Cards = Annotated[int, _whole(0, 10_000, "parts of a yard")]
Lot = Annotated[int, _whole(1, 100_000, "parts of one delivery")]
Stock = Annotated[int, _whole(0, 100_000, "parts of a store")]
Units = Annotated[int, _whole(1, 100_000, "units of one order")]
PartsPerUnit = Annotated[FloatArray, Limits(0.01, 1000.0, "one in a hundred units to a thousand")]
KitParts = Annotated[int, _whole(1, 1000, "screws come in boxes")]
CycleHours = Annotated[FloatArray, Limits(0.01, 10_000.0, "half a minute to more than a year")]
RepairHours = Annotated[FloatArray, Limits(0.01, 10_000.0, "half a minute to more than a year")]
ExtraHours = Annotated[FloatArray, Limits(0.0, 10_000.0, "more than a year")]
FailureHours = Annotated[FloatArray, Limits(0.1, 1e6, "six minutes to a century")]
LabourHours = Annotated[FloatArray, Limits(0.1, 100_000.0, "six minutes to sixty person-years")]
NeedRate = Annotated[FloatArray, Limits(0.01, 1e6, "one in a century to two a minute")]

# The site.
Crews = Annotated[int, _whole(1, 1000, "crews of one trade")]
Workers = Annotated[int, _whole(1, 10_000, "people of one crew")]
Parallel = Annotated[int, _whole(1, 100, "modules in hand at once")]
PerDay = Annotated[int, _whole(1, 1000, "one each minute and a half")]
LotTransformers = Annotated[int, _whole(1, 100, "transformers of one delivery")]
HallNumber = Annotated[int, _whole(1, 2000, "halls of the largest campus")]
WorkersPerMw = Annotated[FloatArray, Limits(0.0, 200.0, "forty times Abilene's 5 a MW")]

# Groups of equipment.
Redundant = Annotated[int, _whole(1, 50, "modules that share a spare")]
PerModule = Annotated[int, _whole(1, 10, "transformers of one module")]
Spares = Annotated[int, _whole(0, 20, "transformers in reserve")]

# Money of one price year.
PowerPrice = Annotated[FloatArray, Limits(1.0, 2000.0, "a yearly mean; 2022 had 276 in France")]
Tariff = Annotated[FloatArray, Limits(0.0, 500.0, "more than any household pays")]
QuarterFactor = Annotated[FloatArray, Limits(0.05, 10.0, "a twentieth to ten times the mean")]
PeakFactor = Annotated[FloatArray, Limits(0.3, 3.0, "solar noon to a third of the base hours")]
Volatility = Annotated[FloatArray, Limits(0.0, 3.0, "four times that of France in 2024")]
NegativeHours = Annotated[FloatArray, Limits(0.0, 0.5, "half the year; 2025 had 8 % in France")]
NegativeDepth = Annotated[FloatArray, Limits(0.0, 3.0, "three times the base price paid to take")]
ExchangeRate = Annotated[FloatArray, Limits(0.1, 10.0, "a tenth to ten times")]
DiscountRate = Annotated[FloatArray, Limits(0.0, 0.5, "venture capital asks less")]
MegaEur = Annotated[FloatArray, Limits(0.0, 10_000.0, "ten billion for one plant")]
ModulePrice = Annotated[FloatArray, Limits(0.01, 100.0, "a container to a whole hall")]
CapexPerMw = Annotated[FloatArray, Limits(0.1, 200.0, "a tent to ten times the dearest market")]
PricePerMw = Annotated[FloatArray, Limits(0.0, 1e8, "ten times a whole AI campus, per MW")]
PricePerM2 = Annotated[FloatArray, Limits(0.0, 100_000.0, "ten times a clean room")]
PricePerKm = Annotated[FloatArray, Limits(0.0, 1e8, "a sea cable to another continent")]
BayPrice = Annotated[FloatArray, Limits(0.0, 500.0, "a whole substation")]
BatteryPrice = Annotated[FloatArray, Limits(0.0, 20_000.0, "a battery in orbit")]
RackPrice = Annotated[FloatArray, Limits(0.001, 1000.0, "a bare cabinet to a hall of racks")]
PriceLevel = Annotated[FloatArray, Limits(0.1, 10.0, "a tenth to ten times")]
FloorPerMw = Annotated[FloatArray, Limits(20.0, 20_000.0, "a container to a farm of old servers")]
NetworkShare = Annotated[FloatArray, Limits(0.0, 5.0, "five times the racks")]
MaintenancePerMw = Annotated[FloatArray, Limits(0.0, 1e7, "most of the capex in each year")]
StaffPerMw = Annotated[FloatArray, Limits(0.0, 100.0, "a server room with its own team")]
HourlyWage = Annotated[FloatArray, Limits(0.0, 1000.0, "a specialist flown in")]
HoursPerFte = Annotated[FloatArray, Limits(100.0, 4000.0, "a day a fortnight to 77 h a week")]
GpuHourPrice = Annotated[FloatArray, Limits(0.01, 1000.0, "cents to a hundred times the market")]
WaterPrice = Annotated[FloatArray, Limits(0.0, 1000.0, "bottled")]
PartPrice = Annotated[FloatArray, Limits(0.0, 1e8, "the price of a reactor vessel")]
PriceDrift = Annotated[FloatArray, Limits(-0.5, 1.0, "halved to doubled in a year")]
CostPerYear = Annotated[FloatArray, Limits(0.0, 1e8, "a hundred million for one thing")]
EmbodiedPerMw = Annotated[FloatArray, Limits(0.0, 100_000.0, "a hundred times the studies")]
EmbodiedRack = Annotated[FloatArray, Limits(0.0, 10_000.0, "a hundred times the studies")]
AnnouncedBeur = Annotated[FloatArray, Limits(0.0, 10_000.0, "three times the product of France")]
AnnouncedJobs = Annotated[FloatArray, Limits(0.0, 1e6, "a city")]

# Computing.
Jobs = Annotated[int, _whole(1, 10_000, "trainings at once")]
FailureRate = Annotated[FloatArray, Limits(0.0, 50.0, "one a week for each GPU")]
RestartMinutes = Annotated[FloatArray, Limits(0.0, 1440.0, "a day")]
CheckpointMinutes = Annotated[FloatArray, Limits(0.1, 1440.0, "six seconds to a day")]
CheckpointSeconds = Annotated[FloatArray, Limits(0.0, 3600.0, "an hour")]
NodeRepair = Annotated[FloatArray, Limits(0.0, 2000.0, "three months")]
NodeGpus = Annotated[int, _whole(1, 1000, "GPUs of one enclosure")]
Replica = Annotated[int, _whole(1, 1024, "GPUs of the largest scale-up domain")]
DecodeBatch = Annotated[int, _whole(1, 10_000, "requests in one batch")]
Tokens = Annotated[int, _whole(1, 1_000_000, "the longest context offered")]
FirstTokenSeconds = Annotated[FloatArray, Limits(0.01, 600.0, "an eye blink to ten minutes")]
TokenSeconds = Annotated[FloatArray, Limits(0.001, 10.0, "a thousand a second to six a minute")]
Headroom = Annotated[FloatArray, Limits(0.0, 10.0, "ten idle for one that works")]
CorrelationHours = Annotated[FloatArray, Limits(0.0, 720.0, "a month")]

# Certain by declaration: plain numbers, of what is said about others.
Correlation = Annotated[float, Field(ge=0.0, le=1.0), "independent to one and the same"]
Probability = Annotated[float, Field(ge=0.0, le=1.0), "never to always"]
DurationFactor = Annotated[float, Field(ge=0.0, le=100.0), "no time to a hundred times as long"]
Budget = Annotated[float, Field(ge=0.01, le=1e13), "a cent to ten trillion in any currency"]
Sum = Annotated[float, Field(ge=0.0, le=1e13), "ten trillion in any currency"]
