-- For a list of more than two behind IN, SQLite fills a table of its own whenever a row is checked; words that are compared one after
-- the other cost nothing beside it. The checks stay what they were, and so do the tables: only their words change (SQLite documentation,
-- "ALTER TABLE", section 8).

PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
'reason IN (''import'', ''receive'', ''putaway'', ''take'', ''replenish'', ''pick'', ''unpick'', ''tote'', ''sow'',
                                                  ''stage'', ''pack'', ''unpack'', ''ship'', ''damage'', ''return'', ''grade'', ''transfer'',
                                                  ''send'', ''count'', ''found'', ''scrap'')',
'reason = ''pick'' OR reason = ''stage'' OR reason = ''pack'' OR reason = ''ship'' OR
                                                  reason = ''take'' OR reason = ''putaway'' OR reason = ''receive'' OR reason = ''replenish'' OR
                                                  reason = ''tote'' OR reason = ''sow'' OR reason = ''unpick'' OR reason = ''unpack'' OR
                                                  reason = ''count'' OR reason = ''found'' OR reason = ''damage'' OR reason = ''return'' OR
                                                  reason = ''grade'' OR reason = ''transfer'' OR reason = ''send'' OR reason = ''scrap'' OR
                                                  reason = ''import''')
 WHERE type = 'table' AND name = 'move';
UPDATE sqlite_schema SET sql = replace(sql,
'state IN (''received'', ''allocated'', ''picking'', ''picked'', ''packing'', ''labelled'',
                                                    ''handed'', ''cancelled'', ''parked'')',
'state = ''picking'' OR state = ''picked'' OR state = ''packing'' OR state = ''labelled'' OR
                                            state = ''handed'' OR state = ''allocated'' OR state = ''received'' OR state = ''cancelled'' OR
                                            state = ''parked''')
 WHERE type = 'table' AND name = 'orders';
PRAGMA writable_schema = RESET;
