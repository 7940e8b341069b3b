# What R's forecast package says of the series of a file: reference.R FILE PERIOD HORIZON OUT METHOD...
# FILE: series,period,value, in order. OUT: series,method,step,mean,lower80,upper80,lower95,upper95.

suppressMessages(library(forecast))
arguments <- commandArgs(TRUE)
period <- as.integer(arguments[2])
horizon <- as.integer(arguments[3])
methods <- arguments[-(1:4)]
LEVELS <- c(80, 95)

as_forecast <- function(mean) list(mean = mean, lower = matrix(NA, horizon, 2), upper = matrix(NA, horizon, 2))

say <- list(
    ets = function(y) forecast(ets(y), h = horizon, level = LEVELS),
    auto.arima = function(y) forecast(auto.arima(y), h = horizon, level = LEVELS),
    naive = function(y) if (period > 1) snaive(y, h = horizon, level = LEVELS) else naive(y, h = horizon, level = LEVELS),
    thetaf = function(y) thetaf(y, h = horizon, level = LEVELS),
    croston = function(y) as_forecast(croston(y, h = horizon)$mean))

of_series <- function(name, values) {
    y <- ts(values, frequency = period)
    do.call(rbind, lapply(methods, function(method) {
        said <- suppressWarnings(say[[method]](y))
        bounds <- lapply(list(said$lower[, 1], said$upper[, 1], said$lower[, 2], said$upper[, 2]), as.numeric)
        data.frame(series = name, method = method, step = seq_len(horizon), mean = as.numeric(said$mean),
                   setNames(bounds, c("lower80", "upper80", "lower95", "upper95")))
    }))
}

table <- read.csv(arguments[1], colClasses = c(series = "character"))
names <- unique(table$series)
values <- split(table$value, factor(table$series, levels = names))
found <- parallel::mclapply(names, function(name) of_series(name, as.numeric(values[[name]])), mc.cores = parallel::detectCores())
failed <- vapply(found, inherits, TRUE, "try-error")
if (any(failed)) stop(found[[which(failed)[1]]])
write.csv(do.call(rbind, found), arguments[4], row.names = FALSE, quote = FALSE)
