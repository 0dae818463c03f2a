using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Conversions;

public sealed class SqliteConversionStoreTests() : ConversionStoreTests(new SqliteHost())
{
    protected override Task TamperAsync(string sql) => Host.Get<SqliteDatabase>().WriteAsync(session => session.Prepare(sql).Run());
}
