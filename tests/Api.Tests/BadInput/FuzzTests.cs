using System.Text;
using OrleansLinks.Api.Tests.Access;

namespace OrleansLinks.Api.Tests.BadInput;

/// <summary>Bodies that are valid but for some random changes: whatever they are, the program answers for it.</summary>
public sealed class FuzzTests(RunningHost host)
{
    private const int BodiesPerEndpoint = 250;
    private const string Marks = "{}[]\",:\\\0 0-eu";

    private static readonly string[] OddValues =
    [
        "null", "true", "0", "-1", "1e999", "99999999999999999999", "0.1", "\"\"", "\" \"", "{}", "[]", "[null]", "[[]]", "{\"a\":1}", "\"\\ud800\"", "\"\\u0000\"", "\"\\uFFFF\"", "\"\u202e\"",
        "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "\"https://\"", "\"https://www.example.com/{clickid}\"", "\"*.\"", "\"*\"", "\"{\"", "\"operator\"", "\"creator\"", "\"savedPages\"",
        "\"programDefault\"", "\"regular\"", "\"-1\"", "\"1e5\"", "\"NaN\"", "\"xn--a\"", "\"https://xn--a/\"", "\"https://0x7f.1/\"", "\"\u0130\"", "\"\U0001F4A9\"",
    ];

    public static TheoryData<string, int> Runs
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (row, index) in EndpointTable.WithBody.Select((row, index) => (row, index)))
            {
                data.Add(row.Endpoint, 7_919 * (index + 1));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task No_random_change_of_a_body_brings_the_program_out_of_step(string endpoint, int seed)
    {
        var row = EndpointTable.Row(endpoint);
        var world = await World.MakeFull(host);
        var random = new Random(seed);
        var bodies = Enumerable.Range(0, BodiesPerEndpoint).Select(_ => Mutate(row.Body!(world, row.Caller).ToJsonString(), random)).ToArray();
        var refused = 0;
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (body, _) =>
        {
            var answer = await world.As(row.Caller).SendRaw(row.Method, ApiClient.Base + row.Path(world, row.Caller), ApiClient.Json(body));
            Assert.True(answer.Status is >= 200 and < 500, $"Seed {seed}, body {Encoding.UTF8.GetString(body)}: {answer}");
            if (answer.Status >= 400)
            {
                answer.AssertIsProblem();
                Interlocked.Increment(ref refused);
            }
        });
        Assert.InRange(refused, 1, BodiesPerEndpoint);
    }

    private static byte[] Mutate(string valid, Random random)
    {
        var bytes = new List<byte>(Encoding.UTF8.GetBytes(valid));
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Count > length:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.Insert(at, (byte)Marks[random.Next(Marks.Length)]);
                    break;
                default:
                    ReplaceValue(bytes, random);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts another value behind one of the colons.</summary>
    private static void ReplaceValue(List<byte> bytes, Random random)
    {
        var colons = Enumerable.Range(0, bytes.Count).Where(index => bytes[index] == ':').ToArray();
        if (colons.Length == 0)
        {
            return;
        }

        var start = colons[random.Next(colons.Length)] + 1;
        var end = bytes.FindIndex(start, b => b is (byte)',' or (byte)'}' or (byte)']');
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(OddValues[random.Next(OddValues.Length)]));
    }
}
