"""What a run will need, found out before it starts: data, models, room, time."""
