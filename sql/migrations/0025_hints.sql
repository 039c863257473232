-- Recent appeals of one kind in one area, for the hint that a matter is known already.
ALTER TABLE intake_appeal
	ADD KEY IF NOT EXISTS intake_place (category, area, id);
