DROP POLICY own ON users;
DROP TRIGGER users_touch ON users;
