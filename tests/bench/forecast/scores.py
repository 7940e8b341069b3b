"""How good forecasts are: errors scaled as Hyndman and Koehler (2006) and the M5 competition (Makridakis et al. 2022) do."""

import math
import statistics


def lagged(values, period):
    lag = period if len(values) > period else 1
    return [now - before for now, before in zip(values[lag:], values)]


def absolute_scale(past, period):
    return statistics.fmean(map(abs, lagged(past, period)))


def square_scale(past):
    return math.sqrt(statistics.fmean(one * one for one in lagged(past, 1)))


def mase(said, actual, scale):
    return statistics.fmean(abs(one - other) for one, other in zip(said, actual)) / scale


def rmsse(said, actual, scale):
    return math.sqrt(statistics.fmean((one - other) ** 2 for one, other in zip(said, actual))) / scale


def inside(lower, upper, actual):
    return statistics.fmean(low <= one <= high for low, one, high in zip(lower, actual, upper))


def geometric(ratios):
    """The mean of ratios; nothing in it is worth less than a thousandth."""
    return math.exp(statistics.fmean(math.log(max(ratio, 0.001)) for ratio in ratios))
