namespace FuncQueue.Client.Tests.Chaos;

/// <summary>
/// What several processors did, in one order, beside what their server granted and was asked for. <see cref="Rules"/> judges it.
/// </summary>
internal sealed class History
{
    private readonly Lock gate = new();
    private readonly List<Run> runs = [];
    private readonly Dictionary<string, Sent> sent = [];
    private readonly HashSet<(int Client, Guid Message)> lossesTold = [];
    private readonly Dictionary<string, Lease> leases = [];
    private readonly List<(string Receipt, int At)> acks = [];
    private readonly List<(int Client, int From, int Until)> stops = [];
    private int events;

    public IReadOnlyList<Run> Runs => Read(() => runs.ToList());

    public IReadOnlyDictionary<string, Sent> Sends => Read(() => sent.ToDictionary());

    public IReadOnlyList<Lease> Leases => Read(() => leases.Values.ToList());

    public IReadOnlyList<(string Receipt, int At)> Acks => Read(() => acks.ToList());

    /// <summary>When clients were stopped, until they were started again.</summary>
    public IReadOnlyList<(int Client, int From, int Until)> Stops => Read(() => stops.ToList());

    /// <summary>A send that was answered, or whose outcome is not known.</summary>
    public void Sent(string body, bool known, string? group = null) => Write(at => sent[body] = new(group, known, at));

    /// <summary>A handler begins.</summary>
    public Run Began(int client, ReceivedMessage message, DateTimeOffset now)
    {
        var receipt = message.Receipt ?? "";
        Run? run = null;
        Write(at =>
        {
            var endsAt = leases.TryGetValue(receipt, out var lease) ? lease.EndsAt : (DateTimeOffset?)null;
            runs.Add(run = new Run(client, message.MessageId, message.Body.ToString(), receipt, at, now, endsAt));
        });
        return run!;
    }

    public void Ended(Run run, bool succeeded, bool lossSeen) =>
        Write(at => (run.EndedAt, run.Succeeded, run.LossSeen) = (at, succeeded, lossSeen));

    public void LossTold(int client, Guid message) => Write(_ => lossesTold.Add((client, message)));

    public bool IsLossTold(Run run) => Read(() => lossesTold.Contains((run.Client, run.Message)));

    /// <summary>A client's stop has returned.</summary>
    public void Stopped(int client) => Write(at => stops.Add((client, at, int.MaxValue)));

    /// <summary>A client that was stopped is about to start again.</summary>
    public void Started(int client) =>
        Write(at =>
        {
            var last = stops.FindLastIndex(stop => stop.Client == client);
            stops[last] = stops[last] with { Until = at };
        });

    public bool AllHandled() =>
        Read(() =>
        {
            var done = runs.Where(run => run.Succeeded).Select(run => run.Body).ToHashSet();
            return sent.Where(message => message.Value.Known).All(message => done.Contains(message.Key));
        });

    public void Granted(Guid message, string receipt, DateTimeOffset endsAt) =>
        Write(at => leases[receipt] = new(message, receipt, at) { EndsAt = endsAt });

    public void Extended(string receipt, DateTimeOffset endsAt) =>
        Write(_ =>
        {
            if (leases.TryGetValue(receipt, out var lease) && lease.EndsAt < endsAt)
                lease.EndsAt = endsAt;
        });

    public void AckAsked(string receipt) => Write(at => acks.Add((receipt, at)));

    private void Write(Action<int> note)
    {
        lock (gate)
            note(++events);
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate)
            return read();
    }
}

/// <summary>A message that was sent.</summary>
/// <param name="Group">Its group; null: none.</param>
/// <param name="Known">Whether the send was answered.</param>
/// <param name="At">Where in the history.</param>
internal sealed record Sent(string? Group, bool Known, int At);

/// <summary>A lease that the server granted.</summary>
internal sealed record Lease(Guid Message, string Receipt, int GrantedAt)
{
    /// <summary>By the server's clock, after all renewals so far.</summary>
    public DateTimeOffset EndsAt { get; set; }
}

/// <summary>One run of a handler.</summary>
/// <param name="Client">Whose handler it was.</param>
/// <param name="Message">Its message.</param>
/// <param name="Body">The message's body, which tells it from all others.</param>
/// <param name="Receipt">The lease that it was run on.</param>
/// <param name="BeganAt">Where in the history it began.</param>
/// <param name="BeganOn">When it began.</param>
/// <param name="LeaseEndsAt">When its lease was to end, as the server had said by then; null: it had not said anything.</param>
internal sealed record Run(
    int Client,
    Guid Message,
    string Body,
    string Receipt,
    int BeganAt,
    DateTimeOffset BeganOn,
    DateTimeOffset? LeaseEndsAt
)
{
    /// <summary>Where in the history it ended; 0: it has not.</summary>
    public int EndedAt { get; set; }

    public bool Succeeded { get; set; }

    public bool LossSeen { get; set; }
}
