# The series that Debian's R packages ship, as one CSV file: data.R OUT [FOLDER]
# FOLDER: where packages lie that are unpacked for their data only. Columns: set, series, period, at, value.
# A rule takes each series or leaves it; none is chosen by its name.

LONGEST <- 240      # values: the last ones
SHORTEST <- 40
WILDEST <- 1000     # times its median: a series that was ever higher is left (an inflation of that kind would be most of the mean)
SEASONS <- 5        # at least
PERIOD_MAX <- 24    # ets knows no longer season: such series are given without one
RARE <- 1.32        # the mean distance of what is not nothing, from which demand is intermittent (Syntetos, Boylan, Croston 2005)
ASKED <- 10         # times at least, in what is intermittent
ALIKE <- 0.9        # the share of its values that another series has, too
EVERY <- 10         # of the weekly sales, which are many and alike

arguments <- commandArgs(TRUE)
out <- arguments[1]
folder <- arguments[2]
kept <- list()      # the values of each
rows <- list()

distance <- function(values) if (any(values != 0)) length(values) / sum(values != 0) else Inf

# Some packages ship what others do, and some the same series once more for each lag.
is_known <- function(set, values) {
    distinct <- unique(values)
    any(vapply(kept, function(other) identical(values, other) || set == "regular" && mean(distinct %in% other) > ALIKE, TRUE))
}

keep <- function(set, name, period, values) {
    rough <- signif(as.numeric(values), 6)
    if (is_known(set, rough)) return()
    kept[[length(kept) + 1]] <<- rough
    rows[[length(rows) + 1]] <<- data.frame(set = set, series = name, period = period, at = seq_along(values), value = values)
}

# The part without gaps, and without nothings before it: they stand for figures that nobody had.
regular <- function(name, series) {
    period <- frequency(series)
    period <- if (period > PERIOD_MAX || period < 1 || period != round(period)) 1 else period
    values <- as.numeric(na.contiguous(series))
    values <- values[cumsum(values != 0) > 0]
    if (length(values) < max(SHORTEST, SEASONS * period) || length(unique(values)) < 12 || distance(values) >= RARE) return()
    if (max(abs(values)) > WILDEST * median(abs(values))) return()
    keep("regular", name, period, tail(values, LONGEST))
}

each_column <- function(name, series) {
    if (is.matrix(series))
        for (column in seq_len(ncol(series)))
            try(regular(paste(name, column, sep = "/"), ts(series[, column], frequency = frequency(series))), silent = TRUE)
    else
        try(regular(name, series), silent = TRUE)
}

installed <- function(package) {
    for (item in sub(" .*", "", data(package = package)$results[, "Item"])) {
        found <- new.env()
        suppressWarnings(data(list = item, package = package, envir = found))
        for (name in ls(found))
            if (is.ts(found[[name]])) each_column(paste(package, name, sep = "/"), found[[name]])
    }
}

unpacked <- function(package, use) {
    files <- Sys.glob(file.path(folder, "usr/lib/R/*library", package, "data/*.[rR][dD]a*"))
    for (file in sort(files)) {
        found <- new.env()
        suppressWarnings(load(file, found))
        for (name in ls(found)) use(paste(package, name, sep = "/"), found[[name]])
    }
}

# Weekly and daily counts of infections: of its two classes, the counts are what is looked at.
counts <- function(name, object) {
    observed <- attr(object, "observed")
    if (is.null(observed) && is.list(object)) observed <- object$observed
    if (!is.numeric(observed)) return()
    observed <- as.matrix(observed)
    for (column in seq_len(ncol(observed))) {
        values <- observed[, column]
        if (anyNA(values) || length(values) < 100) next
        values <- tail(values, LONGEST)
        if (distance(values) >= RARE && sum(values != 0) >= ASKED) keep("intermittent", paste(name, column, sep = "/"), 1, values)
    }
}

# Weekly sales of a brand in a store; "move" is kept as its logarithm.
sales <- function(name, object) {
    table <- if (is.list(object)) object$yx
    if (!all(c("store", "brand", "week", "logmove") %in% names(table))) return()
    groups <- split(table, list(table$brand, table$store), drop = TRUE)
    for (at in seq(1, length(groups), EVERY)) {
        group <- groups[[at]][order(groups[[at]]$week), ]
        breaks <- cumsum(c(0, diff(group$week) != 1))
        longest <- names(which.max(table(breaks)))
        values <- round(exp(group$logmove[breaks == longest]))
        if (length(values) >= SHORTEST) keep("sales", paste(name, names(groups)[at], sep = "/"), 1, values)
    }
}

for (package in c("datasets", "forecast", "tseries", "lmtest", "urca", "MASS")) installed(package)
if (!is.na(folder)) {
    unpacked("AER", function(name, object) if (is.ts(object)) each_column(name, object))
    unpacked("bayesm", sales)
    unpacked("surveillance", counts)
}
write.csv(do.call(rbind, rows), out, row.names = FALSE, quote = FALSE)
