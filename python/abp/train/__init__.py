"""The PPO trainer. ``abp.train.config`` is light; the other modules need the ``train`` extra (torch)."""
