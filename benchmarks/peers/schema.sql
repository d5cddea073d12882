-- The yardsticks' own tables: the least that the same job needs, without walls, seals or triggers.
CREATE TABLE peer_unit (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE peer_member (
    id bigint PRIMARY KEY, unit_id bigint NOT NULL REFERENCES peer_unit, name text NOT NULL,
    role text NOT NULL, token text NOT NULL UNIQUE);
CREATE TABLE peer_round (
    id bigint PRIMARY KEY, unit_id bigint NOT NULL REFERENCES peer_unit, state text NOT NULL,
    first_day date NOT NULL, last_day date NOT NULL);
CREATE INDEX ON peer_round (unit_id, state);
CREATE TABLE peer_item (id text PRIMARY KEY, title text NOT NULL, points numeric(8, 2) NOT NULL);
CREATE TABLE peer_claim (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, unit_id bigint NOT NULL REFERENCES peer_unit,
    member_id bigint NOT NULL REFERENCES peer_member, round_id bigint NOT NULL REFERENCES peer_round,
    item_id text NOT NULL REFERENCES peer_item, happened_on date NOT NULL, text text NOT NULL, state text NOT NULL,
    filed_at timestamptz NOT NULL);
CREATE INDEX ON peer_claim (round_id, member_id);
CREATE TABLE peer_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, claim_id bigint NOT NULL REFERENCES peer_claim,
    member_id bigint NOT NULL REFERENCES peer_member, command text NOT NULL, before text, after text NOT NULL,
    at timestamptz NOT NULL);
CREATE INDEX ON peer_event (claim_id);
INSERT INTO peer_unit SELECT n, '第' || n || '村党支部' FROM generate_series(1, 650) n;
INSERT INTO peer_member SELECT n, mod(n, 650) + 1, '党员' || n, 'member', 't' || n FROM generate_series(1, 20000) n;
INSERT INTO peer_round SELECT n, n, 'collecting', '2026-01-01', '2026-03-31' FROM generate_series(1, 650) n;
INSERT INTO peer_item SELECT 'D-B' || n, '服务群众', 2 FROM generate_series(1, 40) n;
ANALYZE;
