"""What the patchers share."""

import gc

from cassette.patching.undo import Register


class Thing:
    """Something that is given out."""


def test_a_register_may_grow_while_it_is_walked_through():
    register, things = Register(), [Thing()]
    register.add(things[0])
    for thing in register:
        things.append(Thing())
        register.add(things[-1])
        assert thing is things[0]
    assert set(register) == set(things)


def test_a_register_holds_nothing_alive():
    register = Register()
    register.add(Thing())
    gc.collect()
    assert list(register) == []
