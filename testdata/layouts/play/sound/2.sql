-- !Ups
CREATE FUNCTION note() RETURNS trigger AS $$
BEGIN
    NEW.id := 1;;
    RETURN NEW;;
END;;
$$ LANGUAGE plpgsql;

-- !Downs
DROP FUNCTION note;
