"""The logbook: it knows what the observations have shown and nothing else, and leaves every ship something to do."""

import numpy as np
import pytest

from abp import BatchCore, rules
from abp.players.logbook import LOGBOOK_SIZE, Logbook

EDGES, RICHNESS, HOME_TICKS, HOME_FUEL = slice(0, 48), slice(48, 64), 86, 87
KNOWN, HOMEWARD, CAME_FROM = 0, 1, 7
LEFT_BY_PIRATES = 100
TRAVEL, SELECT = (slice(group.start, group.stop) for group in (rules.TRAVEL, rules.SELECT))
REFINE, CASH_OUT, MINE = rules.REFINE, rules.CASH_OUT, rules.MINE[rules.CONSERVATIVE]
SELL = np.ravel(rules.SELL)


class Ships:
    """Ships that act at random among what their logbook leaves them."""

    def __init__(self, n, seed=0, seeds=0):
        self.core = BatchCore(n)
        self.core.reset(np.arange(seeds, seeds + n, dtype=np.uint64))
        self.log = Logbook(n)
        self.log.begin(self.core.obs)
        self.rng = np.random.default_rng(seed)

    @property
    def flying(self):
        return ~(self.core.terminated | self.core.truncated)

    def pruned(self):
        return self.log.prune_actions(self.core.obs, self.core.action_mask.copy())

    def step(self, actions=None):
        """Those that fly; returns the actions uint8[n]."""
        if actions is None:
            mask = self.pruned()
            mask[~self.flying, 6] = 1
            actions = np.array([self.rng.choice(np.flatnonzero(row)) for row in mask], dtype=np.uint8)
        self.core.step(actions, self.flying)
        self.log.note(actions, self.core.obs)
        return actions


def edges(features):
    return features[EDGES].reshape(6, 8)


def test_some_valid_action_is_always_left():
    ships = Ships(300)
    pruned = 0
    for _ in range(400):
        mask, valid = ships.pruned(), ships.core.action_mask
        assert (mask <= valid).all()
        np.testing.assert_array_equal(ships.log.prune_actions(ships.core.obs, mask.copy()), mask)
        assert mask[ships.flying].any(axis=1).all()
        pruned += int((valid - mask).sum())
        ships.step()
    assert pruned > 100_000
    assert np.isfinite(ships.log.features).all()
    assert np.abs(ships.log.features).max() <= 8


def test_an_edge_is_known_once_it_was_travelled_and_leads_home():
    ships = Ships(64)
    first = ships.log.features.copy()
    assert all(not edges(row)[:, KNOWN].any() for row in first), "nobody has been anywhere"
    edge = ships.core.obs[:, 24:66].reshape(-1, 6, 7)[:, 0]
    ships.step(np.zeros(64, dtype=np.uint8))
    away = ships.flying
    back = ships.core.obs[:, 24:66].reshape(-1, 6, 7)
    assert away.sum() > 50
    for i in np.flatnonzero(away):
        homeward = edges(ships.log.features[i])[:, HOMEWARD]
        slot = int(np.flatnonzero(back[i, :, 1])[0])
        assert homeward.tolist() == [float(k == slot) for k in range(6)]
        assert edges(ships.log.features[i])[slot, CAME_FROM] == 1
        assert ships.log.features[i, HOME_TICKS] == pytest.approx(edge[i, 4] * 8 / 32)
        assert ships.log.features[i, HOME_FUEL] == pytest.approx(edge[i, 5] * 160 / 1000, abs=1e-5)
    ships.step(np.array([np.flatnonzero(row[:, 1])[0] if row[:, 1].any() else 6 for row in back], dtype=np.uint8))
    assert (ships.flying & away).sum() > 50
    for i in np.flatnonzero(ships.flying & away):
        assert edges(ships.log.features[i])[0, KNOWN] == 1


def test_mining_shows_how_rich_an_asteroid_is():
    ships = Ships(200)
    ships.step(np.zeros(200, dtype=np.uint8))
    ships.step(np.full(200, 12, dtype=np.uint8))
    assert not ships.log.features[:, RICHNESS].any()
    mined = ships.core.action_mask[:, 28] > 0
    ships.step(np.full(200, 28, dtype=np.uint8))
    depletion = ships.core.obs[:, 68:244].reshape(-1, 16, 11)[:, 0, 8]
    whole = mined & ships.flying & (depletion < 1)
    assert whole.sum() > 50
    found = ships.log.features[whole, RICHNESS][:, 0] * 4
    assert found == pytest.approx(np.minimum(depletion[whole] * 100 / 0.8, 8), rel=1e-3)
    assert not ships.log.features[:, RICHNESS][:, 1:].any()


def test_a_ship_that_earns_no_more_retires_when_it_is_home():
    ships = Ships(3)
    for _ in range(513):
        assert ships.pruned()[:, :CASH_OUT].any(axis=1).all()
        ships.step(np.full(3, 6, dtype=np.uint8))
    assert [np.flatnonzero(row).tolist() for row in ships.pruned()] == [[CASH_OUT]] * 3
    assert (ships.log.steps_since_high() == 513).all()


def test_what_it_notes_of_an_episode_does_not_depend_on_the_others():
    together = Ships(8)
    alone = Logbook(8)
    alone.begin(together.core.obs)
    compared = 0
    for _ in range(120):
        rows = np.flatnonzero(together.flying)
        compared += len(rows[::2])
        actions = together.step()
        chosen = alone.note_rows(rows[::2], actions[rows[::2]], together.core.obs[rows[::2]])
        np.testing.assert_array_equal(chosen, together.log.features[rows[::2]])
        alone.note_rows(rows[1::2], actions[rows[1::2]], together.core.obs[rows[1::2]])
    assert compared > 400


def test_a_log_goes_on_from_its_state():
    ships = Ships(20)
    for _ in range(150):
        ships.step()
    twin = Logbook(20)
    twin.restore(ships.log.state(), ships.log.features)
    np.testing.assert_array_equal(twin.state(), ships.log.state())
    before = twin.features.copy()
    for _ in range(150):
        actions = ships.step()
        twin.note(actions, ships.core.obs)
        np.testing.assert_array_equal(twin.features, ships.log.features)
        np.testing.assert_array_equal(twin.steps_since_high(), ships.log.steps_since_high())
    assert (twin.features != before).any(axis=1).sum() > 10, "most ships went on"


def test_wrong_arguments_are_refused():
    log, obs = Logbook(2), np.zeros((2, 260), dtype=np.float32)
    with pytest.raises(ValueError, match="rows has 2; allowed: 0 to 1"):
        log.note_rows(np.array([2]), np.zeros(1, dtype=np.uint8), obs[:1])
    with pytest.raises(ValueError, match="must have the same length"):
        log.note(np.zeros(3, dtype=np.uint8), obs)
    with pytest.raises(ValueError, match="not that of 2 logbooks"):
        log.restore(Logbook(3).state(), np.zeros((3, LOGBOOK_SIZE), dtype=np.float32))
    wrong = log.state()
    wrong[:, 0] = 77  # no node has that number
    with pytest.raises(ValueError, match="not that of 2 logbooks"):
        log.restore(wrong, log.features)
    # Bits of any kind are read without harm.
    log.note(np.full(2, 255, dtype=np.uint8), np.full((2, 260), np.nan, dtype=np.float32))
    log.prune_actions(np.full((2, 260), np.nan, dtype=np.float32), np.ones((2, 69), dtype=np.uint8))


def test_without_logs_nothing_is_added_and_nothing_pruned():
    log, mask = Logbook(3, kept=False), np.ones((3, 69), dtype=np.uint8)
    obs = np.zeros((3, 260), dtype=np.float32)
    log.begin(obs)
    log.note(np.zeros(3, dtype=np.uint8), obs)
    assert log.features.shape == (3, 0)
    assert log.note_rows(np.array([1]), np.zeros(1, dtype=np.uint8), obs[:1]).shape == (1, 0)
    assert log.prune_actions(obs, mask).all()


def test_a_ship_refines_and_sells_before_it_leaves_the_station():
    ships = Ships(300)
    refining = selling = 0
    for _ in range(400):
        obs, mask = ships.core.obs, ships.pruned()
        docked = ships.flying & (obs[:, 17] > 0)
        low, load = obs[:, 8:10].sum(1) * 200, obs[:, 8:14] * 200
        must_refine = docked & (low > 2) & (obs[:, 2] < 0.8) & (obs[:, 0] > 0.06)
        assert (mask[must_refine].sum(1) == mask[must_refine, REFINE]).all(), "and does nothing else meanwhile"
        loaded = docked & (load.max(1) > 1)
        assert not mask[loaded, TRAVEL].any()
        for row in np.flatnonzero(loaded & ~must_refine & (mask[:, REFINE] == 0)):
            slices = mask[row, SELL].reshape(6, 3)
            assert (slices.sum(1)[load[row] > 1] == 1).all(), "in slices of the best size"
            selling += 1
        refining += int(must_refine.sum())
        ships.step()
    assert refining > 5
    assert selling > 5


def test_every_edge_leaves_enough_hull_and_fuel_to_get_home():
    ships = Ships(300)
    flights = 0
    for _ in range(400):
        flew = ships.flying & (ships.core.obs[:, 17] == 0)
        flights += int(flew.sum())
        ships.step()
        assert not (flew & (ships.core.obs[:, 0] == 0) & (ships.core.obs[:, 17] == 0)).any(), "stranded"
    assert flights > 10_000
    assert (ships.core.info["survival"] == 1).mean() > 0.97


def test_nobody_mines_where_pirates_take_more_than_that_brings():
    ships = Ships(300)
    robbed = mining = 0
    for _ in range(400):
        obs, mask = ships.core.obs, ships.pruned()
        field = ships.flying & (obs[:, 17] == 0)
        left = ships.log.features[:, LEFT_BY_PIRATES] * 100
        assert not mask[field & (left < 9.99), SELECT].any()
        assert not mask[field & (left < 9.99), MINE].any()
        robbed += int((field & (left < 9.99) & (ships.core.action_mask[:, SELECT].any(1))).sum())
        mining += int(mask[field & (left > 10.01), SELECT].any(1).sum())
        mask[~ships.flying, 6] = 1
        # They mine whenever they may.
        ships.step(np.array([MINE if row[MINE] else ships.rng.choice(np.flatnonzero(row)) for row in mask], np.uint8))
    assert robbed > 100
    assert mining > 1000
