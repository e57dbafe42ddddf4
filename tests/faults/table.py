"""One line of the table in docs/reliability.md."""

from dataclasses import dataclass

from tests.faults.verdict import Verdict

HEAD = "| fault | times | answered | lost | doubled | board | named as |\n|---|---|---|---|---|---|---|"


@dataclass
class Row:
    """A kind of fault, how often it was tried, and what became of the packets that were answered meanwhile."""

    fault: str
    times: int
    answered: int
    lost: int
    doubled: int
    board: str
    named: str
    fine: bool

    def line(self) -> str:
        """As a line of the table."""
        cells = (self.fault, self.times, self.answered, self.lost, self.doubled, self.board, self.named)
        return f"| {' | '.join(str(cell) for cell in cells)} |"


def row(fault: str, verdicts: list[Verdict], answered: int, named: str = "") -> Row:
    """A line from the verdicts of all tries; `answered` is how many packets were answered during them."""
    boards = {one.board for one in verdicts} - {"not asked"}
    return Row(
        fault=fault,
        times=len(verdicts),
        answered=answered,
        lost=max(one.lost for one in verdicts),
        doubled=max(one.doubled for one in verdicts),
        board=" ".join(sorted(boards)) or "-",
        named=named,
        fine=all(one.fine for one in verdicts),
    )
