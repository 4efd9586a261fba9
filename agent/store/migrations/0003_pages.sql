-- Documents on sheets are journalled like slips: how many sides the printer has to have counted.
ALTER TABLE print_job ADD COLUMN sides INTEGER NOT NULL DEFAULT 0;
