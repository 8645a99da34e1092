"""The twelve people of the demo. All names, companies and addresses are invented."""

from dataclasses import dataclass

from chatdata.services.demo.ids import uuid_of


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the platform."""

    name: str
    utc_offset: float
    """Hours ahead of UTC, for the rhythm of the working day."""
    prefix: str = ""
    """Prefix that the identity provider puts before the id."""

    def user_id(self, seed: int) -> str:
        """The person's id in the "userId" column."""
        return self.prefix + uuid_of(seed, "user", self.name)


MARA = Person("Mara Lindqvist", 1)
"""Runs the shop Lindqvist Outdoor."""
JONAS = Person("Jonas Weidner", 1)
"""Bookkeeper of Weidner Holzbau; writes German."""
PRIYA = Person("Priya Raman", 5.5)
"""Leads customer support at Tidepool Software; writes English and Hindi."""
LUCIA = Person("Lucía Ferrán", 1, "sso-")
"""Marketing of Café Ondina; writes Spanish."""
KENJI = Person("森崎 健二", 9)
"""Editor at a small publisher; writes Japanese."""
YULAN = Person("陈雨岚", 8)
"""Buys components for a maker of lamps; writes Chinese."""
OMAR = Person("عمر الصبري", 3)
"""Lets flats; writes Arabic."""
NOA = Person("נועה פרץ", 2)
"""Manages a clinic; writes Hebrew."""
DARYA = Person("Дарья Сокольник", 3)
"""Data analyst; writes Russian."""
ANONG = Person("อนงค์ รัตนกุล", 7, "sso-")
"""Runs a guest house; writes Thai."""
TOMAS = Person("Tomas Okafor", -5)
"""Keeps the servers of Brightwater Logistics running."""
DANA = Person("Dana Whitfield", -8)
"""Freelance researcher and security tester."""

PEOPLE = (MARA, JONAS, PRIYA, LUCIA, KENJI, YULAN, OMAR, NOA, DARYA, ANONG, TOMAS, DANA)
