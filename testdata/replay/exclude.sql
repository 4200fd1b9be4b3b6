CREATE TABLE r (room int4range, during tsrange, EXCLUDE USING gist (room WITH &&, during WITH &&));

-- leaves:
-- constraint r.r_room_during_excl x
-- index r_room_during_excl on r
-- table r(room int4range, during tsrange)
