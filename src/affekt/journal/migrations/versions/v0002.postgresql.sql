CREATE TABLE reveals (
  id BIGSERIAL NOT NULL,
  assignment BIGINT NOT NULL,
  item BIGINT NOT NULL,
  key TEXT NOT NULL,
  answer TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(assignment) REFERENCES assignments (id),
  FOREIGN KEY(item) REFERENCES items (id),
  UNIQUE (key)
)
;;
CREATE INDEX reveals_of_card ON reveals (assignment, item)
