using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;
using Xunit;

namespace OrleansLinks.Clicks;

public sealed class SqliteLedgerStoreTests() : LedgerStoreTests(new SqliteHost())
{
    [Fact]
    public async Task Visits_are_forgotten_as_clicks_go_on()
    {
        var link = Make.Link("code");
        for (var hour = 0; hour < 20; hour++)
        {
            Host.Clock.Now = Make.Noon.AddHours(hour);
            await Ledger.RecordAsync([.. Enumerable.Range(0, 100).Select(_ => Make.Click(link, Host.Clock.Now))]);
        }

        // 150 to 200 of them are from the last hour and a half.
        var visits = await Host.Get<SqliteDatabase>().ReadAsync(session =>
            session.Prepare("SELECT count(*) FROM visits").First(row => row.Int64(), 0));
        Assert.InRange(visits, 100, 500);
    }
}
