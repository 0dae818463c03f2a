using OrleansLinks.Storage.Sqlite;

namespace OrleansLinks.Clicks;

/// <summary>
/// The numbers by which clicks and totals name what many of them have in common: given at the first click, and remembered
/// here so that the next ones cost no look into the database.
/// </summary>
/// <remarks>The writer's thread alone uses this. What is remembered may be of a transaction that was rolled back, and is forgotten then.</remarks>
internal sealed class SqliteNumbers
{
    /// <summary>So many of a kind are remembered; then all are forgotten, which costs a look each when they come again.</summary>
    internal const int MaxRemembered = 200_000;

    internal const string FindScope = "SELECT number FROM scopes WHERE scope = ?";

    private const string AddScope = "INSERT INTO scopes (scope) VALUES (?) RETURNING number";

    private const string FindUserAgent = "SELECT number FROM user_agents WHERE user_agent = ?";

    private const string AddUserAgent = "INSERT INTO user_agents (user_agent) VALUES (?) RETURNING number";

    private const string FindProgram = "SELECT number FROM click_programs WHERE program_id = ?";

    private const string AddProgram = "INSERT INTO click_programs (program_id) VALUES (?) RETURNING number";

    internal const string FindTask =
        "SELECT number FROM click_tasks WHERE task_id = ? AND campaign_id = ? AND partner_id = ? AND program = ?";

    private const string AddTask =
        "INSERT INTO click_tasks (task_id, campaign_id, partner_id, program) VALUES (?, ?, ?, ?) RETURNING number";

    private readonly Dictionary<byte[], long> _scopes = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], long> _userAgents = new(Utf8Comparer.Instance);
    private readonly Dictionary<TaskKey, TaskNumber> _tasks = [];
    private int _abandonments = -1;

    /// <summary>To be called before anything else in each piece of work.</summary>
    public void Begin(SqliteSession session)
    {
        if (_abandonments == session.Abandonments)
            return;

        _scopes.Clear();
        _userAgents.Clear();
        _tasks.Clear();
        _abandonments = session.Abandonments;
    }

    /// <summary>The number of a scope of <see cref="CounterScopes"/>, in UTF-8.</summary>
    public long OfScope(SqliteSession session, ReadOnlySpan<byte> scope) => Of(session, scope, _scopes, FindScope, AddScope);

    /// <summary>The number of a user agent, in UTF-8.</summary>
    public long OfUserAgent(SqliteSession session, ReadOnlySpan<byte> userAgent) =>
        Of(session, userAgent, _userAgents, FindUserAgent, AddUserAgent);

    /// <summary>The numbers of a task and its program.</summary>
    public TaskNumber OfTask(SqliteSession session, TaskKey task)
    {
        if (_tasks.TryGetValue(task, out var number))
            return number;

        var program = Find(session.Prepare(FindProgram).Bind(task.Program)) ?? Add(session.Prepare(AddProgram).Bind(task.Program));
        number = new TaskNumber(Find(Bind(FindTask)) ?? Add(Bind(AddTask)), program);
        Remember(_tasks, task, number);
        return number;

        SqliteStatement Bind(string sql) =>
            session.Prepare(sql).Bind(task.Task).Bind(task.Campaign).Bind(task.Partner).Bind(program);
    }

    /// <summary>Gives a task, and a link if there is one, the numbers that they do not have yet.</summary>
    public void Number(SqliteSession session, TaskFold task, LinkFold? link)
    {
        if (task.Number.Task == 0)
            task.Number = OfTask(session, task.Key);

        if (link is { Number: 0 })
            link.Number = OfScope(session, link.Scope);
    }

    private static long Of(SqliteSession session, ReadOnlySpan<byte> text, Dictionary<byte[], long> numbers, string find, string add)
    {
        if (!numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(text, out var number))
        {
            number = Find(session.Prepare(find).BindText(text)) ?? Add(session.Prepare(add).BindText(text));
            Remember(numbers, text.ToArray(), number);
        }

        return number;
    }

    private static long? Find(SqliteStatement find) => find.First<long?>(static row => row.Int64(), null);

    private static long Add(SqliteStatement add) => add.First(static row => row.Int64(), 0);

    private static void Remember<TKey, TValue>(Dictionary<TKey, TValue> numbers, TKey key, TValue number)
        where TKey : notnull
    {
        if (numbers.Count >= MaxRemembered)
            numbers.Clear();

        numbers.Add(key, number);
    }
}
