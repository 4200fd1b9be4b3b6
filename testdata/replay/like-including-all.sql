CREATE TABLE s (id serial PRIMARY KEY, e text UNIQUE DEFAULT 'x', n int CONSTRAINT positive CHECK (n > 0), m int);
CREATE INDEX s_custom ON s (m) WHERE m > 1;
CREATE TABLE l (LIKE s INCLUDING ALL);
CREATE TABLE k (LIKE s);

-- leaves:
-- constraint l.l_e_key u
-- constraint l.l_pkey p
-- constraint l.positive c
-- constraint s.positive c
-- constraint s.s_e_key u
-- constraint s.s_pkey p
-- index l_e_key on l unique
-- index l_m_idx on l
-- index l_pkey on l unique
-- index s_custom on s
-- index s_e_key on s unique
-- index s_pkey on s unique
-- sequence s_id_seq of s.id
-- table k(id integer not null, e text, n integer, m integer)
-- table l(id integer not null default, e text default, n integer, m integer)
-- table s(id integer not null default, e text default, n integer, m integer)
