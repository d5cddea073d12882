"""The yardstick of a claim by HTTP: the same statements by pgbench, over the same tables, walls and triggers."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, make_url, text

from benchmarks.claimants import ITEM, Claimant
from services.cli.engines.binaries import postgres_folder

CLIENTS = 16
_TABLE = """CREATE TABLE bench_claimant (n integer PRIMARY KEY, county uuid, unit uuid, member uuid, person uuid,
            round uuid, token uuid, digest text)"""
_FILL = text("""
INSERT INTO bench_claimant
SELECT :n, :county, :unit, :member, :person, :round, id, :digest FROM token
WHERE county_id = :county AND digest = :digest
""")
# What handing a claim in asks and writes; the book's rules are the program's work, the answer's reading left out.
SCRIPT = rf"""
\set n random(1, :members)
SELECT county, unit, member, person, round, token, digest FROM bench_claimant WHERE n = :n \gset
BEGIN;
SELECT f.id, jifen.policy_of(:county::uuid, f.acts_in_id) FROM jifen.find_token(:county::uuid, :digest) f;
SELECT set_config('jifen.county', :county::text, true),
    set_config('jifen.units', '{{' || :unit::text || '}}', true), set_config('jifen.person', :person::text, true);
INSERT INTO kept_answer (county_id, id, unit_id, token_id, key, digest, status, body, made_at)
VALUES (:county::uuid, gen_random_uuid(), :unit::uuid, :token::uuid, gen_random_uuid()::text, :digest, 0, '',
    clock_timestamp()) ON CONFLICT DO NOTHING RETURNING id AS kept \gset
SELECT id FROM suspension WHERE county_id = :county::uuid AND ended_at IS NULL;
SELECT jifen.instant(:county::uuid) AS now \gset
SELECT * FROM round WHERE county_id = :county::uuid AND unit_id = :unit::uuid AND first_day <= '2026-03-02'
    AND last_day >= '2026-03-02' AND state IN ('collecting', 'published');
SELECT * FROM member WHERE county_id = :county::uuid AND id = :member::uuid;
SELECT id FROM round WHERE county_id = :county::uuid AND id = :round::uuid FOR NO KEY UPDATE;
SELECT count(*) + 1 AS number FROM claim WHERE county_id = :county::uuid AND round_id = :round::uuid \gset
INSERT INTO claim (county_id, id, unit_id, round_id, member_id, number, item, happened_on, text, entered_by,
    filed_at, state, stage)
VALUES (:county::uuid, gen_random_uuid(), :unit::uuid, :round::uuid, :member::uuid, '2026-Q1-' || :number::text,
    '{ITEM}', '2026-03-02', '代办群众事项', :person::uuid, :now::timestamptz, 'draft', 0)
RETURNING id AS claim \gset
WITH moved AS (UPDATE claim SET state = 'submitted', stage = stage + 1
    WHERE county_id = :county::uuid AND id = :claim::uuid AND state = 'draft' RETURNING *)
INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, before, after, actor_id,
    actor_name, role, at, recorded_at)
SELECT county_id, gen_random_uuid(), unit_id, 'claim', id, 'submit', 'draft', state, :person::uuid, '党员',
    'member', :now::timestamptz, clock_timestamp() FROM moved;
UPDATE kept_answer SET status = 201, body = repeat('x', 800)
WHERE county_id = :county::uuid AND id = :kept::uuid;
COMMIT;
"""


def pgbench() -> Path | None:
    """Return the program, from the server's own folder; None where it came without."""
    found = postgres_folder() / "pgbench"
    return found if found.exists() else None


def claims_by_pgbench(
    program: Path, engine: Engine, app_url: str, county: UUID, claimants: Sequence[Claimant], seconds: int
) -> float:
    """Return the claims a second that pgbench hands in with the application's login."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bench_claimant"))
        connection.execute(text(_TABLE))
        rows = [_row(n, county, one) for n, one in enumerate(claimants, 1)]
        connection.execute(_FILL, rows)
        connection.execute(text("GRANT SELECT ON bench_claimant TO jifen_app"))
    address = make_url(app_url).set(drivername="postgresql").render_as_string(hide_password=False)
    given = ["-n", "-f", "-", "-D", f"members={len(claimants)}", "-M", "prepared", "-c", str(CLIENTS)]
    said = subprocess.run(
        [program, *given, "-T", str(seconds), address], input=SCRIPT, text=True, capture_output=True, check=False
    )
    found = re.search(r"^tps = ([\d.]+)", said.stdout, re.MULTILINE)
    if found is None or not re.search(r"failed transactions: 0 ", said.stdout):
        raise AssertionError(f"pgbench: {said.stderr[-600:]}{said.stdout[-600:]}")
    return float(found[1])


def _row(n: int, county: UUID, one: Claimant) -> dict[str, object]:
    return {
        "n": n,
        "county": county,
        "unit": one.unit_id,
        "member": one.member_id,
        "person": one.person_id,
        "round": one.round_id,
        "digest": one.digest,
    }
