namespace OrleansLinks;

/// <summary>What a settings actor keeps: one record, null until it is made.</summary>
/// <param name="Current">The record as it was last written.</param>
[GenerateSerializer, Alias("SettingsState`1")]
public sealed record SettingsState<T>([property: Id(0)] T? Current)
    where T : class
{
    /// <summary>Nothing was made yet.</summary>
    public SettingsState()
        : this((T?)null)
    {
    }
}

/// <summary>
/// An actor that keeps one record. Calls that interleave with a write see the record as it is on disk, never one that
/// may still fail to be written.
/// </summary>
/// <remarks>
/// Each kind of actor names its state differently: the storage provider's row key has the state's name, not the
/// grain's type (dotnet/orleans#8746).
/// </remarks>
internal abstract class SettingsGrain<T>(IPersistentState<SettingsState<T>> state, SettingsChanges changes) : Grain
    where T : class
{
    private IGrainTimer? _leaving;

    protected T? Current { get; private set; }

    protected SettingsChanges Changes { get; } = changes;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Current = state.State.Current;
        return Task.CompletedTask;
    }

    protected async Task Write(T next)
    {
        var isNew = Current is null;
        state.State = new SettingsState<T>(next);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Whether it was written is not known: begin again from what is on disk.
            DeactivateOnIdle();
            throw;
        }

        Current = next;
        if (isNew)
        {
            Changes.PublishFirst(this.GetPrimaryKeyString());
        }
        else
        {
            await Changes.Publish(this.GetPrimaryKeyString());
        }
    }

    /// <summary>Ends an activation that was made for a key that nothing is behind.</summary>
    protected T? CurrentOrLeave()
    {
        if (Current is null)
        {
            _leaving ??= this.LeaveSoon(() => Current is null);
        }

        return Current;
    }
}
