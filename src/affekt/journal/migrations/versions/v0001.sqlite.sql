CREATE TABLE admins (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  password TEXT,
  second_factor TEXT,
  last_step BIGINT NOT NULL,
  failures INTEGER NOT NULL,
  locked_until BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT role_is_known CHECK (role IN ('owner', 'manager', 'reviewer', 'viewer')),
  UNIQUE (name)
)
;;
CREATE TABLE audit (
  id INTEGER NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  thing TEXT NOT NULL,
  why TEXT NOT NULL,
  "before" TEXT NOT NULL,
  "after" TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (hash)
)
;;
CREATE TABLE campaigns (
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  policy TEXT NOT NULL,
  settings TEXT NOT NULL,
  opened BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('draft', 'open', 'paused', 'closing', 'closed', 'archived')),
  UNIQUE (name)
)
;;
CREATE TABLE workers (
  id INTEGER NOT NULL,
  pseudonym TEXT NOT NULL,
  token TEXT,
  provider TEXT NOT NULL,
  state TEXT NOT NULL,
  settings TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('new', 'consented', 'testing', 'qualified', 'failed', 'active', 'resting', 'suspended', 'closed')),
  UNIQUE (pseudonym),
  UNIQUE (token)
)
;;
CREATE TABLE assignments (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  submitted_at BIGINT,
  size INTEGER NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('offered', 'started', 'submitted', 'approved', 'rejected', 'returned', 'expired')),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  UNIQUE (token)
)
;;
CREATE INDEX assignments_of_worker ON assignments (worker, state)
;;
CREATE INDEX assignments_started ON assignments (until) WHERE state = 'started'
;;
CREATE TABLE consents (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  version TEXT NOT NULL,
  text_sha256 TEXT NOT NULL,
  at BIGINT NOT NULL,
  withdrawn_at BIGINT,
  PRIMARY KEY (id),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(worker) REFERENCES workers (id)
)
;;
CREATE INDEX consents_of_worker ON consents (worker, campaign)
;;
CREATE TABLE enrolments (
  campaign INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  nothing_before BIGINT NOT NULL,
  felt_yes INTEGER NOT NULL,
  felt_no INTEGER NOT NULL,
  unfelt_yes INTEGER NOT NULL,
  unfelt_no INTEGER NOT NULL,
  PRIMARY KEY (campaign, worker),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(worker) REFERENCES workers (id)
)
;;
CREATE TABLE identities (
  worker INTEGER NOT NULL,
  provider TEXT NOT NULL,
  sealed TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (worker),
  UNIQUE (provider, digest),
  FOREIGN KEY(worker) REFERENCES workers (id)
)
;;
CREATE TABLE items (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  image_id TEXT NOT NULL,
  emotion TEXT NOT NULL,
  role TEXT NOT NULL,
  group_id TEXT,
  truth TEXT,
  source TEXT,
  source_id TEXT,
  gold BOOLEAN,
  apart TEXT NOT NULL,
  votes INTEGER NOT NULL,
  yes INTEGER NOT NULL,
  no INTEGER NOT NULL,
  log_odds FLOAT NOT NULL,
  most INTEGER,
  skips INTEGER NOT NULL,
  state TEXT NOT NULL,
  verdict INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('waiting', 'active', 'decided', 'withdrawn')),
  UNIQUE (campaign, question_id),
  CONSTRAINT counts_are_not_negative CHECK (votes >= 0 AND yes >= 0 AND no >= 0),
  FOREIGN KEY(campaign) REFERENCES campaigns (id)
)
;;
CREATE TABLE messages (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  direction TEXT NOT NULL,
  text TEXT NOT NULL,
  is_read BOOLEAN NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT direction_is_known CHECK (direction IN ('from worker', 'to worker')),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(worker) REFERENCES workers (id)
)
;;
CREATE INDEX messages_of_worker ON messages (worker)
;;
CREATE TABLE passes_in (
  id INTEGER NOT NULL,
  admin INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  hash TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  until BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (id),
  CONSTRAINT kind_is_known CHECK (kind IN ('session', 'link', 'token')),
  FOREIGN KEY(admin) REFERENCES admins (id),
  UNIQUE (hash)
)
;;
CREATE TABLE tests (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  version INTEGER NOT NULL,
  settings TEXT NOT NULL,
  is_frozen BOOLEAN NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE (campaign, version),
  FOREIGN KEY(campaign) REFERENCES campaigns (id)
)
;;
CREATE TABLE attempts (
  id INTEGER NOT NULL,
  test INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  nth INTEGER NOT NULL,
  token TEXT NOT NULL,
  state TEXT NOT NULL,
  score INTEGER,
  started_at BIGINT NOT NULL,
  until BIGINT,
  submitted_at BIGINT,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('started', 'submitted', 'passed', 'failed', 'timed out')),
  UNIQUE (test, worker, nth),
  FOREIGN KEY(test) REFERENCES tests (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  UNIQUE (token)
)
;;
CREATE TABLE decisions (
  id INTEGER NOT NULL,
  item INTEGER NOT NULL,
  policy TEXT NOT NULL,
  counted TEXT NOT NULL,
  start FLOAT NOT NULL,
  posterior FLOAT,
  verdict INTEGER NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(item) REFERENCES items (id)
)
;;
CREATE INDEX decisions_of_item ON decisions (item)
;;
CREATE INDEX items_gold ON items (campaign) WHERE gold IS NOT NULL
;;
CREATE TABLE passes (
  id INTEGER NOT NULL,
  item INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  assignment INTEGER,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT kind_is_known CHECK (kind IN ('skip', 'broken')),
  UNIQUE (item, worker),
  FOREIGN KEY(item) REFERENCES items (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  FOREIGN KEY(assignment) REFERENCES assignments (id)
)
;;
CREATE INDEX passes_of_assignment ON passes (assignment)
;;
CREATE TABLE slots (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  item INTEGER NOT NULL,
  number INTEGER NOT NULL,
  rank BIGINT NOT NULL,
  emotion TEXT NOT NULL,
  apart TEXT NOT NULL,
  opened BIGINT NOT NULL,
  state TEXT NOT NULL,
  worker INTEGER,
  assignment INTEGER,
  PRIMARY KEY (id),
  CONSTRAINT state_is_known CHECK (state IN ('open', 'leased', 'voted', 'cancelled')),
  UNIQUE (item, number),
  CONSTRAINT held_by_somebody CHECK ((state IN ('leased', 'voted')) = (worker IS NOT NULL)),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(item) REFERENCES items (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  FOREIGN KEY(assignment) REFERENCES assignments (id)
)
;;
CREATE UNIQUE INDEX slots_held_once ON slots (campaign, apart, worker) WHERE state IN ('leased', 'voted')
;;
CREATE INDEX slots_of_assignment ON slots (assignment)
;;
CREATE INDEX slots_open ON slots (campaign, rank) WHERE state = 'open'
;;
CREATE INDEX slots_opened ON slots (campaign, opened) WHERE state = 'open'
;;
CREATE TABLE test_pictures (
  test INTEGER NOT NULL,
  image_id TEXT NOT NULL,
  emotion TEXT NOT NULL,
  PRIMARY KEY (test, image_id),
  FOREIGN KEY(test) REFERENCES tests (id)
)
;;
CREATE TABLE attempt_questions (
  attempt INTEGER NOT NULL,
  position INTEGER NOT NULL,
  image_id TEXT NOT NULL,
  token TEXT NOT NULL,
  answer TEXT,
  at BIGINT,
  PRIMARY KEY (attempt, position),
  FOREIGN KEY(attempt) REFERENCES attempts (id),
  UNIQUE (token)
)
;;
CREATE TABLE cards (
  assignment INTEGER NOT NULL,
  position INTEGER NOT NULL,
  token TEXT NOT NULL,
  item INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (assignment, position),
  FOREIGN KEY(assignment) REFERENCES assignments (id),
  UNIQUE (token),
  FOREIGN KEY(item) REFERENCES items (id),
  FOREIGN KEY(slot) REFERENCES slots (id)
)
;;
CREATE TABLE payments (
  id INTEGER NOT NULL,
  campaign INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  assignment INTEGER,
  attempt INTEGER,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL,
  "key" TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT kind_is_known CHECK (kind IN ('batch', 'test', 'bonus')),
  CONSTRAINT state_is_known CHECK (state IN ('due', 'requested', 'paid', 'failed', 'voided')),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  FOREIGN KEY(assignment) REFERENCES assignments (id),
  FOREIGN KEY(attempt) REFERENCES attempts (id),
  UNIQUE ("key")
)
;;
CREATE INDEX payments_of_worker ON payments (worker, state)
;;
CREATE INDEX payments_of_assignment ON payments (assignment)
;;
CREATE TABLE votes (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  campaign INTEGER NOT NULL,
  item INTEGER NOT NULL,
  worker INTEGER NOT NULL,
  assignment INTEGER,
  slot INTEGER,
  emotion TEXT NOT NULL,
  felt BOOLEAN NOT NULL,
  seconds FLOAT,
  state TEXT NOT NULL,
  weight FLOAT NOT NULL,
  "key" TEXT,
  at BIGINT NOT NULL,
  CONSTRAINT state_is_known CHECK (state IN ('draft', 'counted', 'late', 'excluded')),
  UNIQUE (item, worker, emotion),
  UNIQUE ("key", emotion),
  FOREIGN KEY(campaign) REFERENCES campaigns (id),
  FOREIGN KEY(item) REFERENCES items (id),
  FOREIGN KEY(worker) REFERENCES workers (id),
  FOREIGN KEY(assignment) REFERENCES assignments (id),
  FOREIGN KEY(slot) REFERENCES slots (id)
)
;;
CREATE INDEX votes_of_campaign ON votes (campaign, seq)
;;
CREATE INDEX votes_of_assignment ON votes (assignment)
;;
CREATE INDEX votes_of_worker ON votes (worker, seq)
;;
CREATE TABLE revisions (
  id INTEGER NOT NULL,
  vote INTEGER NOT NULL,
  felt BOOLEAN NOT NULL,
  "key" TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(vote) REFERENCES votes (seq)
)
;;
CREATE INDEX revisions_of_vote ON revisions (vote)
;;
CREATE INDEX revisions_by_key ON revisions ("key")
;;
CREATE TRIGGER votes_stay BEFORE DELETE ON votes
BEGIN SELECT RAISE(ABORT, 'votes are never deleted'); END
;;
CREATE TRIGGER votes_say_what_was_said BEFORE UPDATE OF item, worker, emotion, felt ON votes
WHEN OLD.state <> 'draft' AND (OLD.item, OLD.worker, OLD.emotion, OLD.felt)
  IS NOT (NEW.item, NEW.worker, NEW.emotion, NEW.felt)
BEGIN SELECT RAISE(ABORT, 'a vote that was handed in says what it said'); END
;;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
;;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
