"""The PPO trainer. Needs the ``train`` extra (torch)."""
