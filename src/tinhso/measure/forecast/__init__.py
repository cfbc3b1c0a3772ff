"""Forecasts of targets: see README of measure and docs/measure.md, "Forecasts"."""

from tinhso.measure.forecast.forecasting import METHOD, Forecast, Forecaster, NoForecast

__all__ = ["METHOD", "Forecast", "Forecaster", "NoForecast"]
