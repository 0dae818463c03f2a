using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace OrleansLinks.Storage.Sqlite;

/// <summary>
/// The one writer of a database: a thread of its own that takes everything that queued while its last commit ran and
/// runs it in one transaction. An idle database so answers at the speed of one fsync, a busy one shares each fsync
/// among many callers, and nothing needs tuning.
/// </summary>
/// <remarks>
/// A caller's task completes only after the COMMIT that holds its work, never before. When a piece of work throws, the
/// transaction is rolled back and each piece runs again in one of its own, so that only the guilty caller sees the
/// exception; work must therefore compute its result inside and leave nothing behind when it is run twice. When BEGIN
/// or COMMIT fails (disk full, say), all callers of that transaction get the exception and the writer goes on.
/// The thread is not of the pool: on a busy pool an fsync loop waits hundreds of milliseconds for its turn.
/// </remarks>
internal sealed class GroupCommitWriter : IDisposable
{
    /// <summary>
    /// No more work joins a transaction that has so many rows: a burst commits piece by piece (about 0.1 s each).
    /// One piece may be larger.
    /// </summary>
    internal const int MaxRowsPerCommit = 8192;

    /// <summary>Callers that wait for their commit; those beyond wait, without a thread, until there is room.</summary>
    internal const int MaxQueued = 8192;

    /// <summary>The log is copied into the database file after so many pages (32 MB).</summary>
    internal const int PagesPerCheckpoint = 8192;

    private readonly SqliteSession _session;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _room = new(MaxQueued);
    private readonly BlockingCollection<Work> _queue = [];
    private readonly Thread _thread;
    private int _pagesInLog;

    /// <summary>Starts the thread; the session is the thread's from now on and is disposed by it.</summary>
    public GroupCommitWriter(SqliteSession session, string name, ILogger log)
    {
        _session = session;
        _log = log;
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> in a transaction; on disk when the task completes.</summary>
    /// <param name="work">The work; it may run more than once, and only its last run counts.</param>
    /// <param name="rows">About how many rows it writes.</param>
    /// <exception cref="ObjectDisposedException">The writer is closed.</exception>
    /// <exception cref="SqliteException">SQLite refused the work or its commit; nothing of it was kept.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, int rows)
    {
        var item = new Work<T>(work, rows);
        await _room.WaitAsync();
        try
        {
            _queue.Add(item);
        }
        catch (InvalidOperationException)
        {
            _room.Release();
            throw new ObjectDisposedException(nameof(GroupCommitWriter), "The database is closed.");
        }

        return await item.Done;
    }

    /// <summary>Finishes what is queued, then closes the session.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted)
            return;

        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Loop()
    {
        var group = new List<Work>();
        while (_queue.TryTake(out var item, Timeout.Infinite))
        {
            var rows = 0;
            do
            {
                group.Add(item);
                rows += item.Rows;
            }
            while (rows < MaxRowsPerCommit && _queue.TryTake(out item));

            Commit(group);
            _room.Release(group.Count);
            group.Clear();
            Checkpoint();
        }

        _session.Dispose();
    }

    private void Commit(List<Work> group)
    {
        Work? running = null;
        try
        {
            _session.Run("BEGIN IMMEDIATE");
            foreach (var item in group)
            {
                running = item;
                item.Run(_session);
            }

            running = null;
            _session.Run("COMMIT");
        }
        catch (Exception failure)
        {
            _session.Abandon();
            if (running is not null && group.Count > 1)
            {
                _log.WorkIsRunAlone(group.Count, failure);
                foreach (var item in group)
                    Commit([item]);
            }
            else
            {
                _log.WriteFailed(group.Count, failure);
                foreach (var item in group)
                    item.Fail(failure);
            }

            return;
        }

        foreach (var item in group)
            item.Complete();
    }

    /// <summary>
    /// Runs after the callers were told, so that none of them waits for it. A reader that is at work keeps the log from
    /// beginning anew; reads are short but for a backup's, so that is waited for only when the log has grown to four times its
    /// size, and not for long.
    /// </summary>
    private void Checkpoint()
    {
        _pagesInLog += _session.TakePagesWritten();
        if (_pagesInLog < PagesPerCheckpoint)
            return;

        _pagesInLog = 0;
        try
        {
            if (_session.Checkpoint(restart: false) > 4 * PagesPerCheckpoint)
                _session.Checkpoint(restart: true);
        }
        catch (SqliteException failure)
        {
            // The log keeps what was acknowledged; the next checkpoint copies it.
            _log.CheckpointFailed(failure);
        }
    }

    private abstract class Work(int rows)
    {
        public int Rows => rows;

        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<SqliteSession, T> work, int rows) : Work(rows)
    {
        // Continuations are callers' code, which has no business on the writer's thread.
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Done => _done.Task;

        public override void Run(SqliteSession session) => _result = work(session);

        public override void Complete() => _done.SetResult(_result);

        public override void Fail(Exception failure) => _done.SetException(failure);
    }
}
