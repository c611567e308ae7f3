namespace FuncQueue.Client.Processing;

/// <summary>A message whose lease this processor has.</summary>
internal sealed class HeldMessage(ReceivedMessage message) : IDisposable
{
    private readonly CancellationTokenSource lost = new();
    private volatile bool settling;

    public ReceivedMessage Message => message;

    public string Receipt => message.Receipt ?? "";

    /// <summary>When the lease ends at the earliest, on our clock.</summary>
    public TimeSpan EndsAt { get; set; } = message.LeaseEndsAt;

    /// <summary>Cancelled when the lease is lost.</summary>
    public CancellationToken Lost => lost.Token;

    public bool IsLost => lost.IsCancellationRequested;

    /// <summary>Whether its ack, or what else ends its lease, is on its way.</summary>
    public bool IsSettling
    {
        get => settling;
        set => settling = value;
    }

    /// <summary>Lost from now on; completes when those who asked to be called back were.</summary>
    public Task LoseAsync() => lost.CancelAsync();

    public void Dispose() => lost.Dispose();
}
