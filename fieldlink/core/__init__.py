"""What every package stands on: parameters, schemas, datasets, seeds, finished work, workers, devices."""
