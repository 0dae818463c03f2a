using OrleansLinks.Storage;

namespace OrleansLinks.Conversions;

public sealed class PostgresConversionStoreTests() : ConversionStoreTests(new PostgresHost())
{
    protected override Task TamperAsync(string sql) => ((PostgresHost)Host).RunAsync(sql);
}
