-- +goose Up

-- Published editions of the working-day calendar; never changed, never removed.
CREATE TABLE calendar_edition (
    number       {{KEY}},
    edition      TEXT NOT NULL UNIQUE,
    note         TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at BIGINT NOT NULL
) {{STRICT}};

-- The notices an edition is made of, one per year.
CREATE TABLE calendar_year (
    number    BIGINT NOT NULL REFERENCES calendar_edition (number),
    year      BIGINT NOT NULL,
    source    TEXT NOT NULL,
    projected BOOLEAN NOT NULL,
    PRIMARY KEY (number, year)
) {{STRICT}};

-- The days of each notice that differ from Monday-to-Friday. A notice may
-- speak of days of the year before or after.
CREATE TABLE calendar_day (
    number BIGINT NOT NULL,
    year   BIGINT NOT NULL,
    day    TEXT NOT NULL,
    worked BOOLEAN NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (number, year, day),
    FOREIGN KEY (number, year) REFERENCES calendar_year (number, year)
) {{STRICT}};
