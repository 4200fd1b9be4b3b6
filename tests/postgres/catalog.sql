-- A database's catalog, one line for each fact, as PostgreSQL itself writes definitions. What extensions brought is left out.
SET search_path = '';

CREATE TEMPORARY VIEW of_extension AS SELECT classid, objid FROM pg_depend WHERE deptype = 'e';

CREATE TEMPORARY VIEW namespace AS
    SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
      AND (2615::oid, oid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension);

CREATE TEMPORARY VIEW relation AS
    SELECT c.*, n.nspname, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_temp.namespace n ON n.oid = c.relnamespace
    WHERE (1259::oid, c.oid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension);

CREATE TEMPORARY VIEW facts (kind, object, fact) AS

SELECT 'schema', nspname::text, '' FROM pg_temp.namespace
UNION ALL
SELECT 'extension', extname, 'in ' || extnamespace::regnamespace FROM pg_extension

UNION ALL
SELECT 'table', name, format('kind %s, persistence %s', relkind, relpersistence) FROM pg_temp.relation WHERE relkind IN ('r', 'p', 'f')
UNION ALL
SELECT 'table', name, format('row security %s, forced %s', relrowsecurity, relforcerowsecurity)
FROM pg_temp.relation WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'table', name, 'replica identity ' || relreplident::text FROM pg_temp.relation WHERE relkind IN ('r', 'p') AND relreplident <> 'd'
UNION ALL
SELECT 'relation', name, 'options ' || reloptions::text FROM pg_temp.relation WHERE reloptions IS NOT NULL
UNION ALL
SELECT 'table', name, 'partitioned ' || pg_get_partkeydef(oid) FROM pg_temp.relation WHERE relkind = 'p'
UNION ALL
SELECT 'table', name, 'partition ' || pg_get_expr(relpartbound, oid) FROM pg_temp.relation WHERE relispartition AND relkind IN ('r', 'p', 'f')
UNION ALL
SELECT 'relation', r.name, format('parent %s %s', inhseqno, inhparent::regclass)
FROM pg_temp.relation r JOIN pg_inherits ON inhrelid = r.oid
UNION ALL
SELECT 'table', r.name, 'row type of ' || reloftype::regtype FROM pg_temp.relation r WHERE reloftype <> 0

UNION ALL
SELECT 'column', format('%s.%I', r.name, attname), f.fact
FROM pg_temp.relation r
JOIN pg_attribute a ON attrelid = r.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_type t ON t.oid = atttypid
LEFT JOIN pg_attrdef d ON adrelid = r.oid AND adnum = attnum
CROSS JOIN LATERAL (VALUES
    ('number ' || (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = r.oid AND b.attnum BETWEEN 1 AND a.attnum AND NOT b.attisdropped)),
    ('type ' || format_type(atttypid, atttypmod)),
    (CASE WHEN attnotnull THEN 'not null' END),
    (CASE WHEN attgenerated = '' THEN 'default ' ELSE 'generated ' || attgenerated::text || ' ' END || pg_get_expr(adbin, adrelid)),
    (CASE WHEN attidentity <> '' THEN 'identity ' || attidentity::text END),
    (CASE WHEN attcollation <> typcollation THEN 'collation ' || attcollation::regcollation END),
    (CASE WHEN attstorage <> typstorage THEN 'storage ' || attstorage::text END),
    (CASE WHEN attcompression <> '' THEN 'compression ' || attcompression::text END),
    (CASE WHEN attstattarget <> -1 THEN 'statistics ' || attstattarget END),
    -- A server was met that puts `pg_attver`, with another number each time, on every column by itself.
    ((SELECT 'options ' || string_agg(option, ', ') FROM unnest(attoptions) AS option WHERE option NOT LIKE 'pg_attver=%')),
    (CASE WHEN attinhcount > 0 THEN 'inherited, local ' || attislocal END)
) AS f (fact)
WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'c')

UNION ALL
SELECT 'constraint', format('%s.%I', r.name, conname), f.fact
FROM pg_temp.relation r JOIN pg_constraint c ON conrelid = r.oid
CROSS JOIN LATERAL (VALUES
    (pg_get_constraintdef(c.oid)),
    (CASE WHEN NOT convalidated THEN 'not validated' END),
    ('inherited ' || coninhcount || ', local ' || conislocal),
    (CASE WHEN conindid <> 0 THEN 'by index ' || conindid::regclass END)
) AS f (fact)
WHERE contype <> 't'
UNION ALL
SELECT 'constraint', format('%s.%I', contypid::regtype, conname), f.fact
FROM pg_constraint c JOIN pg_temp.namespace n ON n.oid = connamespace
CROSS JOIN LATERAL (VALUES (pg_get_constraintdef(c.oid)), (CASE WHEN NOT convalidated THEN 'not validated' END)) AS f (fact)
WHERE contypid <> 0 AND (1247::oid, contypid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension)

UNION ALL
SELECT 'index', r.name, f.fact
FROM pg_temp.relation r JOIN pg_index i ON indexrelid = r.oid
CROSS JOIN LATERAL (VALUES
    (pg_get_indexdef(indexrelid)),
    (CASE WHEN indisprimary THEN 'primary' END),
    (CASE WHEN NOT indisvalid THEN 'not valid' END),
    (CASE WHEN indisclustered THEN 'clustered' END),
    (CASE WHEN indisreplident THEN 'replica identity' END)
) AS f (fact)

UNION ALL
SELECT 'sequence', r.name, f.fact
FROM pg_temp.relation r JOIN pg_sequence s ON seqrelid = r.oid
CROSS JOIN LATERAL (VALUES
    (format('type %s, start %s, increment %s, from %s to %s, cache %s, cycle %s, persistence %s',
                       seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle, relpersistence)),
    ((SELECT format('owned by %s.%I (%s)', refobjid::regclass, attname, deptype) FROM pg_depend d
      JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
      WHERE d.classid = 1259 AND d.objid = r.oid AND refclassid = 1259 AND refobjsubid > 0 AND deptype IN ('a', 'i')))
) AS f (fact)

UNION ALL
SELECT 'view', r.name, f.fact
FROM pg_temp.relation r
CROSS JOIN LATERAL (VALUES
    ('kind ' || relkind::text),
    -- `'now'::timestamp` is the time at which the view was made.
    (regexp_replace(pg_get_viewdef(r.oid), '''' || current_date || ' [0-9:.]+''::timestamp', '''now''::timestamp', 'g')),
    (CASE WHEN NOT relispopulated THEN 'not populated' END)
) AS f (fact)
WHERE relkind IN ('v', 'm')
UNION ALL
SELECT DISTINCT 'view', r.name, 'needs ' || pg_describe_object(refclassid, refobjid, refobjsubid)
FROM pg_temp.relation r JOIN pg_rewrite w ON ev_class = r.oid
JOIN pg_depend d ON d.classid = 2618 AND d.objid = w.oid AND d.deptype = 'n'
WHERE relkind IN ('v', 'm') AND NOT (refclassid = 1259 AND refobjid = r.oid)

UNION ALL
SELECT 'type', format_type(t.oid, NULL), f.fact
FROM pg_type t JOIN pg_temp.namespace n ON n.oid = typnamespace
CROSS JOIN LATERAL (VALUES
    ('kind ' || typtype::text),
    ('labels ' || (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)),
    (CASE WHEN typtype = 'd' THEN format('domain over %s, not null %s, default %s, collation %s',
        format_type(typbasetype, typtypmod), typnotnull, typdefault, typcollation::regcollation) END),
    ((SELECT format('range of %s by %s, collation %s, canonical %s, difference %s, multirange %s',
        rngsubtype::regtype, opcname, rngcollation::regcollation, rngcanonical, rngsubdiff, rngmultitypid::regtype)
      FROM pg_range JOIN pg_opclass o ON o.oid = rngsubopc WHERE rngtypid = t.oid))
) AS f (fact)
WHERE typtype NOT IN ('c', 'p') AND typcategory <> 'A' AND (1247::oid, t.oid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension)
UNION ALL
SELECT 'type', name, 'kind c' FROM pg_temp.relation WHERE relkind = 'c'

UNION ALL
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p JOIN pg_temp.namespace n ON n.oid = pronamespace
WHERE prokind <> 'a' AND (1255::oid, p.oid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension)
  -- A range type's constructors.
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 1255 AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT 'aggregate', p.oid::regprocedure::text,
       format('kind %s, state %s by %s start %s, final %s, combine %s, moving %s by %s and %s, sort %s, parallel %s, returns %s',
                         aggkind, aggtranstype::regtype, aggtransfn, agginitval, aggfinalfn, aggcombinefn, aggmtranstype::regtype, aggmtransfn,
                         aggminvtransfn, aggsortop::regoperator, proparallel, prorettype::regtype)
FROM pg_proc p JOIN pg_temp.namespace n ON n.oid = pronamespace JOIN pg_aggregate ON aggfnoid = p.oid
WHERE (1255::oid, p.oid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension)

UNION ALL
SELECT 'trigger', format('%s.%I', r.name, tgname),
       format('%s, enabled %s, of parent %s', pg_get_triggerdef(t.oid), tgenabled, tgparentid <> 0)
FROM pg_temp.relation r JOIN pg_trigger t ON tgrelid = r.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'rule', format('%s.%I', r.name, rulename), format('%s, enabled %s', pg_get_ruledef(w.oid), ev_enabled)
FROM pg_temp.relation r JOIN pg_rewrite w ON ev_class = r.oid WHERE rulename <> '_RETURN'
UNION ALL
SELECT 'policy', format('%s.%I', r.name, polname),
       format('for %s, permissive %s, to %s, using %s, check %s', polcmd, polpermissive,
                         (SELECT string_agg(role::regrole::text, ', ' ORDER BY role::regrole::text) FROM unnest(polroles) AS role),
                         pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
FROM pg_temp.relation r JOIN pg_policy ON polrelid = r.oid
UNION ALL
SELECT 'statistics', format('%I.%I', nspname, stxname), f.fact
FROM pg_statistic_ext s JOIN pg_temp.namespace n ON n.oid = stxnamespace
CROSS JOIN LATERAL (VALUES
    (pg_get_statisticsobjdef(s.oid)),
    (CASE WHEN stxstattarget >= 0 THEN 'target ' || stxstattarget END)
) AS f (fact)

UNION ALL
SELECT DISTINCT i.type, i.identity, ''
FROM (
    SELECT 2605::oid AS classid, oid AS objid FROM pg_cast
    UNION ALL SELECT 2617, oid FROM pg_operator
    UNION ALL SELECT 2616, oid FROM pg_opclass
    UNION ALL SELECT 2753, oid FROM pg_opfamily
    UNION ALL SELECT 3456, oid FROM pg_collation
    UNION ALL SELECT 2607, oid FROM pg_conversion
    UNION ALL SELECT 3602, oid FROM pg_ts_config
    UNION ALL SELECT 3600, oid FROM pg_ts_dict
) AS o
CROSS JOIN LATERAL pg_identify_object(classid, objid, 0) AS i
WHERE objid >= 16384 AND (classid, objid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension)
  AND i.schema IS DISTINCT FROM 'pg_catalog' AND i.schema IS DISTINCT FROM 'information_schema'

UNION ALL
SELECT 'comment', i.type || ' ' || i.identity, description
FROM pg_description d
CROSS JOIN LATERAL pg_identify_object(classoid, objoid, objsubid) AS i
WHERE (objoid >= 16384 OR (classoid = 2615 AND i.identity = 'public' AND description <> 'standard public schema'))
  AND classoid NOT IN (3079, 1417) AND (classoid, objoid) NOT IN (SELECT classid, objid FROM pg_temp.of_extension);

SELECT kind || ' ' || object || ': ' || replace(fact, E'\n', E'\\n') FROM pg_temp.facts WHERE fact IS NOT NULL ORDER BY 1;
