"""Who plays: the protocol of a player, what it can know, scripted players and trained policies."""
