"""The tables of each study, a file a study: what each asks and measures. Nothing of this is written elsewhere."""
