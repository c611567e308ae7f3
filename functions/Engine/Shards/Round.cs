using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Shards;

/// <summary>Where somebody who takes part in <see cref="CommitRounds"/> stands.</summary>
internal enum RoundStage
{
    /// <summary>It does something of its own, as a read, and nobody waits for it.</summary>
    Away,

    /// <summary>It wants to plan.</summary>
    Waiting,

    Planning,

    Submitted,

    /// <summary>It takes in how its write ended.</summary>
    Finishing,
}

/// <summary>
/// Taking part in <see cref="CommitRounds"/>, from entering to leaving: turn by turn it plans, and writes or not. Used by one step at a
/// time.
/// </summary>
internal sealed class Round(CommitRounds rounds) : IDisposable
{
    internal RoundStage Stage { get; set; } = RoundStage.Away;

    internal TaskCompletionSource? Turn { get; set; }

    /// <summary>Completes when it is time to plan what is to be written.</summary>
    public Task TurnAsync() => rounds.TurnAsync(this);

    /// <summary>Writes a transaction, with what others write meanwhile.</summary>
    public Task<WriteResult> CommitAsync(Transaction transaction) => rounds.CommitAsync(this, transaction);

    /// <summary>
    /// Waits for something that is part of planning, as a read; while it is under way the others do not wait for this one.
    /// </summary>
    public async Task<T> DuringAsync<T>(Task<T> read)
    {
        await DuringAsync((Task)read);
        return await read;
    }

    /// <inheritdoc cref="DuringAsync{T}"/>
    public async Task DuringAsync(Task read)
    {
        if (!read.IsCompleted)
        {
            rounds.Move(this, RoundStage.Away);
            try
            {
                await read;
            }
            finally
            {
                rounds.Move(this, RoundStage.Planning);
            }
        }

        await read;
    }

    /// <summary>There is nothing more to write.</summary>
    public void Dispose() => rounds.Leave(this);
}
