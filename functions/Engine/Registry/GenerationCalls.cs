using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Registry;

/// <summary>
/// Runs the operations of one process on its queues, or its topics: finds what has the name, traces and measures, and makes faults of
/// storage the caller's failures.
/// </summary>
internal abstract class GenerationCalls<TName, TRecord, TRuntime>(
    EngineContext context,
    KnownGenerations<TName, TRecord, TRuntime> directory
) : MeasuredCalls
    where TName : class
    where TRecord : class, IGenerationRecord<TName>
    where TRuntime : class, IGeneration<TRecord>
{
    protected EngineContext Context => context;

    protected KnownGenerations<TName, TRecord, TRuntime> Directory => directory;

    /// <summary>Runs an operation on what has the name.</summary>
    /// <param name="again">
    /// Whether the operation, having found its generation gone, may be run on the one that is there now; null: never.
    /// </param>
    /// <param name="fresh">Whether to read the registry before, whatever is known of the name.</param>
    public Task<Outcome<T>> RunAsync<T>(
        string operation,
        TName name,
        Func<TRuntime, Task<Outcome<T>>> run,
        Func<bool>? again,
        CancellationToken cancellationToken,
        bool fresh = false
    ) =>
        MeasureAsync<T>(
            operation,
            name,
            async () =>
            {
                var runtime = fresh
                    ? await directory.ReadAsync(name, cancellationToken)
                    : await directory.FindAsync(name, cancellationToken);
                if (runtime is null)
                    return NotFound(name);
                var outcome = await GuardAsync(() => run(runtime));
                if (outcome.Failure is not Failure.QueueGone && (fresh || !RestsOnKnown(outcome.Failure)))
                    return outcome;
                var latest = await directory.RefreshAsync(name).WaitAsync(cancellationToken);
                if (latest is null)
                    return NotFound(name);
                if (latest.Record.Table == runtime.Record.Table && outcome.Failure is not Failure.QueueGone)
                    return outcome;
                if (WhyNot(latest) is { } refused)
                    return refused;
                // The registry has it but its table is missing: somebody deleted the table itself, or is about to delete what has it.
                if (latest.Record.Table == runtime.Record.Table || again?.Invoke() is not true)
                    return new Failure.StorageUnavailable(StorageFault.DefaultRetryAfter);
                return await GuardAsync(() => run(latest)) is { Failure: not Failure.QueueGone } second ? second : NotFound(name);
            }
        );

    /// <summary>
    /// Whether the registry by now has another generation under the name, or none. Asked before something is refused as not of this
    /// generation: another process may have deleted it and made the next, and what it handed out of that is good.
    /// </summary>
    public async Task<bool> IsOverAsync(TRuntime runtime, CancellationToken cancellationToken) =>
        (await directory.RefreshAsync(runtime.Record.Name).WaitAsync(cancellationToken))?.Record.Table != runtime.Record.Table;

    /// <summary>Traces and measures an operation.</summary>
    public Task<Outcome<T>> MeasureAsync<T>(string operation, TName name, Func<Task<Outcome<T>>> run) =>
        MeasureAsync(context, operation, name.ToString()!, run);

    /// <summary>The failure of a call about a name that nothing has.</summary>
    protected abstract Failure NotFound(TName name);

    /// <summary>
    /// Whether a call was refused, before anything was written, by what this process knows of the generation: its settings, what it hands
    /// out. Under the next generation the same call may be right.
    /// </summary>
    private static bool RestsOnKnown(Failure? failure) => failure is Failure.Invalid or Failure.QueuePaused;

    /// <summary>Why no operation is run anew on what has the name now; null: it may be.</summary>
    protected virtual Failure? WhyNot(TRuntime latest) => null;
}
