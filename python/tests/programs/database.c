/* A database that stops in the middle of its work: argument 1 is the allocation that it stops at. */
#include <stdio.h>
#include <stdlib.h>
#include "sqlite3.h"

static long left;

static void count(void)
{
    if (--left == 0)
        abort();
}

static sqlite3_mem_methods usual;

static void *counting_malloc(int size)
{
    count();
    return usual.xMalloc(size);
}

static void *counting_realloc(void *old, int size)
{
    count();
    return usual.xRealloc(old, size);
}

static void compare(sqlite3_context *context, int count_, sqlite3_value **values)
{
    count();
    sqlite3_result_int(context, sqlite3_value_int(values[0]) % 1000 - count_);
}

static void run(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fprintf(stderr, "%s\n", message);
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    left = argc > 1 ? atol(argv[1]) : 0;
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual);
    sqlite3_mem_methods counting = usual;
    counting.xMalloc = counting_malloc;
    counting.xRealloc = counting_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &counting);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        return 1;
    sqlite3_create_function(db, "rank", 1, SQLITE_UTF8, NULL, compare, NULL, NULL);
    run(db, "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, size INT, UNIQUE(name, size));"
            "CREATE INDEX by_size ON t(size DESC);"
            "CREATE VIEW large AS SELECT name, sum(size) AS total FROM t WHERE size > 10 GROUP BY name HAVING total > 5;");
    run(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
            "INSERT INTO t SELECT i, 'name' || (i * 7919 % 101), i * 31 % 997 FROM n;");
    run(db, "CREATE TRIGGER grow AFTER UPDATE ON t BEGIN UPDATE t SET size = size + 1 WHERE id = new.id + 1; END;");
    run(db, "UPDATE t SET size = size * 2 WHERE rank(size) < 10;");
    run(db, "SELECT a.name, b.total, rank(a.size) AS r FROM t AS a LEFT JOIN large AS b ON a.name = b.name"
            " WHERE a.size BETWEEN 5 AND 900 AND a.id IN (SELECT id FROM t WHERE rank(size) > 2)"
            " ORDER BY r DESC, upper(a.name) LIMIT 20;");
    run(db, "DELETE FROM t WHERE id % 3 = 0; VACUUM;");
    fprintf(stderr, "%ld left\n", left);
    return 0;
}
