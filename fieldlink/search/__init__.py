"""A finished study that answers questions: which NeRFs are like this text, picture, mesh or NeRF, and what is it?"""
