using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Client.Tests.Support;

/// <summary>A queue on a fake clock, strict about leases: one that has ended is lost.</summary>
internal sealed class FakeServer(FakeTimeProvider time) : HttpMessageHandler
{
    private readonly Lock gate = new();
    private readonly List<FakeMessage> messages = [];
    private readonly List<(string Verb, int Receipts)> calls = [];
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int lastReceipt;

    /// <summary>Verbs that are answered 503 for now.</summary>
    public HashSet<string> Failing { get; } = [];

    public IReadOnlyList<(string Verb, int Receipts)> Calls
    {
        get
        {
            lock (gate)
                return [.. calls];
        }
    }

    public int Acked { get; private set; }

    public int Count
    {
        get
        {
            lock (gate)
                return messages.Count;
        }
    }

    public void Add(int count, string? group = null)
    {
        lock (gate)
        {
            for (var i = 0; i < count; i++)
                messages.Add(new FakeMessage { Group = group });
            arrived.TrySetResult();
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Whether the message is leased at this instant.</summary>
    public bool IsLeased(Guid id)
    {
        lock (gate)
            return messages.Any(message => message.Id == id && message.EndsAt > time.GetUtcNow());
    }

    /// <summary>What is left of the shortest lease; null: there is none.</summary>
    public TimeSpan? ShortestLease()
    {
        lock (gate)
        {
            var ends = messages.Where(message => message.Receipt is not null).Select(message => message.EndsAt).ToList();
            return ends.Count == 0 ? null : ends.Min() - time.GetUtcNow();
        }
    }

    /// <summary>What is left of a message's lease; zero: it has none.</summary>
    public TimeSpan LeftOf(Guid id)
    {
        lock (gate)
            return messages.SingleOrDefault(message => message.Id == id) is { Receipt: not null } leased
                ? leased.EndsAt - time.GetUtcNow()
                : TimeSpan.Zero;
    }

    /// <summary>Another has taken all messages.</summary>
    public void StealAll() => Steal(_ => true);

    /// <summary>Another has taken a message.</summary>
    public void Steal(Guid id) => Steal(message => message.Id == id);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = request.RequestUri!.AbsolutePath;
        var verb = path[(path.LastIndexOf('/') + 1)..];
        var body = request.Content is null ? null : JsonNode.Parse(await request.Content.ReadAsStringAsync(cancellationToken));
        if (Failing.Contains(verb))
            return Answer("""{"code":"storage-throttled","detail":"Busy."}""", HttpStatusCode.ServiceUnavailable);
        if (verb != "dequeue")
            return Settle(verb, body!["receipts"]!.AsArray());
        var most = int.Parse(Query(request, "maxMessages"), System.Globalization.CultureInfo.InvariantCulture);
        var lease = TimeSpan.FromSeconds(
            double.Parse(Query(request, "visibilityTimeoutSeconds"), System.Globalization.CultureInfo.InvariantCulture)
        );
        while (true)
        {
            Task more;
            lock (gate)
            {
                if (Lease(most, lease) is { Count: > 0 } leased)
                    return Answer(new JsonObject { ["messages"] = leased }.ToJsonString());
                more = arrived.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    private void Steal(Predicate<FakeMessage> which)
    {
        lock (gate)
        {
            foreach (var message in messages.FindAll(which))
                (message.Receipt, message.EndsAt) = ("stolen", DateTimeOffset.MaxValue);
        }
    }

    private static string Query(HttpRequestMessage request, string name) =>
        System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query)[name]!;

    private JsonArray Lease(int most, TimeSpan lease)
    {
        var now = time.GetUtcNow();
        var leased = new JsonArray();
        foreach (var message in messages.Where(message => message.EndsAt <= now).Take(most))
        {
            (message.Receipt, message.EndsAt) = ($"r{++lastReceipt}", now + lease);
            leased.Add(
                new JsonObject
                {
                    ["messageId"] = message.Id,
                    ["receipt"] = message.Receipt,
                    ["body"] = "",
                    ["contentType"] = "text/plain",
                    ["deliveryCount"] = 1,
                    ["enqueuedAt"] = now,
                    ["visibleAt"] = message.EndsAt,
                    ["groupId"] = message.Group,
                }
            );
        }

        return leased;
    }

    private HttpResponseMessage Settle(string verb, JsonArray receipts)
    {
        var results = new JsonArray();
        lock (gate)
        {
            calls.Add((verb, receipts.Count));
            foreach (var receipt in receipts)
            {
                var text = receipt!.GetValueKind() == JsonValueKind.String ? (string)receipt! : (string)receipt["receipt"]!;
                var message = messages.Find(message => message.Receipt == text && message.EndsAt > time.GetUtcNow());
                results.Add(new JsonObject { ["status"] = message is null ? "lease-lost" : "ok" });
                if (message is not null)
                    Settle(verb, message, receipt);
            }
        }

        return Answer(new JsonObject { ["results"] = results }.ToJsonString());
    }

    private void Settle(string verb, FakeMessage message, JsonNode receipt)
    {
        switch (verb)
        {
            case "extend":
                message.EndsAt = time.GetUtcNow() + TimeSpan.FromSeconds((double)receipt["visibilityTimeoutSeconds"]!);
                break;
            case "ack":
                Acked++;
                messages.Remove(message);
                break;
            default:
                (message.Receipt, message.EndsAt) = (null, DateTimeOffset.MinValue);
                arrived.TrySetResult();
                arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
                break;
        }
    }

    private HttpResponseMessage Answer(string json, HttpStatusCode status = HttpStatusCode.OK)
    {
        var answer = new HttpResponseMessage(status)
        {
            Content = new StringContent(json, Encoding.UTF8, status == HttpStatusCode.OK ? "application/json" : "application/problem+json"),
        };
        answer.Headers.Date = time.GetUtcNow();
        return answer;
    }

    private sealed class FakeMessage
    {
        public Guid Id { get; } = Guid.NewGuid();
        public string? Group { get; init; }
        public string? Receipt { get; set; }
        public DateTimeOffset EndsAt { get; set; } = DateTimeOffset.MinValue;
    }
}
