using System.Globalization;
using System.Text;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using FuncQueue.Engine.Topics.Filters;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Two real processes, and beside them what a topic and its subscribers must be: records, and what is to arrive.</summary>
internal sealed class TopicWorld : IAsyncDisposable
{
    private const int Subscribers = 3;

    private static readonly QueueName[] Queues = [TestEngine.Name("plain"), TestEngine.Name("groups.fifo"), TestEngine.Name("behind")];

    private readonly string connectionString;
    private readonly EngineOptions options;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TestEngine[] processes;

    // The model: what was published, by whom it is taken now, and what has still to be seen in each queue.
    private readonly List<(string Text, string? Key, string RoutingKey, int Partition, long Offset)> log = [];
    private readonly string[]?[] taken = new string[]?[Subscribers];
    private readonly List<(string Text, string? Key)>[] expected =
    [
        [],
        [],
        [],
    ];

    public TopicWorld(string connectionString)
    {
        this.connectionString = connectionString;
        var unique = Guid.NewGuid().ToString("N");
        options = new EngineOptions
        {
            RegistryTable = "r" + unique,
            PayloadContainer = "payloads-" + unique,
            MaxClockOffset = TimeSpan.MaxValue,
            // No answer counts as lost because the machine is busy.
            StorageTimeout = TimeSpan.FromMinutes(5),
        };
        processes = [Start(), Start()];
    }

    public IEnumerable<string> LoggedErrors => processes.SelectMany(p => p.LoggedErrors);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static TopicName Events { get; } = Topic("events");

    private static TopicName Copy { get; } = Topic("copy");

    public async Task PrepareAsync()
    {
        for (var i = 0; i < Subscribers; i++)
        {
            var settings = i == 1 ? new QueueSettingsChange { Type = QueueType.Fifo, Shards = 2 } : new QueueSettingsChange();
            (await processes[0].Engine.SetQueueAsync(Queues[i], settings, default, Cancellation)).Failure.ShouldBeNull();
        }

        foreach (var (topic, partitions) in new[] { (Events, 3), (Copy, 2) })
        {
            var settings = new TopicSettingsChange { Partitions = partitions };
            (await processes[0].Topics.PutTopicAsync(topic, settings, default, Cancellation)).Failure.ShouldBeNull();
        }

        var behind = new SubscriptionRequest { Target = SubscriptionTarget.To(Queues[2]) };
        (await processes[0].Topics.PutSubscriptionAsync(Copy, Queues[2], behind, default, Cancellation)).Failure.ShouldBeNull();
    }

    public Task RunAsync(TopicOperation operation) =>
        operation switch
        {
            TopicOperation.Publish publish => PublishAsync(publish),
            TopicOperation.Subscribe subscribe => SubscribeAsync(subscribe),
            TopicOperation.Change change => ChangeAsync(change),
            TopicOperation.Unsubscribe end => EndAsync(end),
            TopicOperation.Seek seek => SeekAsync(seek),
            TopicOperation.Restart(var process) => RestartAsync(process),
            TopicOperation.Look(var process) => LookAsync(process),
            TopicOperation.PassTime(var seconds) => Task.Run(() => time.Advance(TimeSpan.FromSeconds(seconds))),
            _ => throw new NotSupportedException($"{operation}"),
        };

    /// <summary>All that was published is in the log, where its publisher was told, and in the queues.</summary>
    public async Task FinishAsync()
    {
        await LookAsync(0);
        for (var partition = 0; partition < 3; partition++)
        {
            var records = new List<Engine.Topics.Record>();
            // Where it ends, a process knows from memory; that it ends, storage says.
            for (var count = 1; count > 0; )
            {
                var request = new ReadRequest { Partition = partition, From = new ReadFrom.Offset(records.Count) };
                var page = (await processes[1].Topics.ReadAsync(Events, request, Cancellation)).Value;
                count = page.Records.Count;
                records.AddRange(page.Records);
            }

            records
                .Select(r => (Encoding.UTF8.GetString(r.Body!.Value.Span), r.Key, r.RoutingKey, r.Offset))
                .ShouldBe(log.Where(r => r.Partition == partition).Select(r => (r.Text, r.Key, (string?)r.RoutingKey, r.Offset)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    private async Task PublishAsync(TopicOperation.Publish operation)
    {
        var records = Enumerable
            .Range(log.Count, operation.Count)
            .Select(i => new PublishRequest
            {
                Body = MessageBody.FromBytes(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture))),
                Key = operation.Key,
                RoutingKey = operation.RoutingKey,
            })
            .ToList();
        var topics = processes[operation.Process].Topics;
        var answers = new List<Published>();
        if (operation.Together)
            answers.AddRange(
                (await topics.PublishBatchAsync(Events, records, Cancellation).WithinPatienceAsync()).Value.Select(o => o.Value)
            );
        else
            foreach (var record in records)
                answers.Add((await topics.PublishAsync(Events, record, Cancellation).WithinPatienceAsync()).Value);
        foreach (var answer in answers)
        {
            var text = log.Count.ToString(CultureInfo.InvariantCulture);
            answer.Offset.ShouldBe(log.Count(r => r.Partition == answer.Partition));
            answer.Matched.ShouldBe(Enumerable.Range(0, Subscribers).Count(s => Takes(s, operation.RoutingKey)), text);
            log.Add((text, operation.Key, operation.RoutingKey, answer.Partition, answer.Offset));
            for (var subscriber = 0; subscriber < Subscribers; subscriber++)
            {
                if (Takes(subscriber, operation.RoutingKey))
                    expected[subscriber].Add((text, operation.Key));
            }
        }
    }

    private async Task SubscribeAsync(TopicOperation.Subscribe operation)
    {
        var isNew = taken[operation.Subscriber] is null;
        if (!isNew)
            await ForwardAsync(operation.Process);
        var request = new SubscriptionRequest
        {
            Target = operation.Subscriber == 2 ? SubscriptionTarget.To(Copy) : SubscriptionTarget.To(Queues[operation.Subscriber]),
            Filters = Filters(operation.RoutingKeys),
            From = operation.FromEarliest ? new SubscriptionStart.Earliest() : new SubscriptionStart.Now(),
        };
        var put = await processes[operation.Process]
            .Topics.PutSubscriptionAsync(Events, Queues[operation.Subscriber], request, default, Cancellation)
            .WithinPatienceAsync();
        put.Value.Created.ShouldBe(isNew);
        taken[operation.Subscriber] = operation.RoutingKeys;
        if (isNew && operation.FromEarliest)
            await ExpectAllAsync(operation.Process, operation.Subscriber);
    }

    private async Task ChangeAsync(TopicOperation.Change operation)
    {
        // What was set back or begun in the past is judged by the filters that are there when it is forwarded.
        await ForwardAsync(operation.Process);
        var there = Enumerable.Range(0, Subscribers).Where(s => taken[s] is not null).ToList();
        if (there.Count == 0)
            return;
        var filters = there.ToDictionary(s => Queues[s], _ => Filters(operation.RoutingKeys));
        (
            await processes[operation.Process].Topics.ChangeFiltersAsync(Events, filters, Cancellation).WithinPatienceAsync()
        ).Failure.ShouldBeNull();
        there.ForEach(s => taken[s] = operation.RoutingKeys);
    }

    private async Task EndAsync(TopicOperation.Unsubscribe operation)
    {
        var ended = await processes[operation.Process]
            .Topics.DeleteSubscriptionAsync(Events, Queues[operation.Subscriber], drain: true, Cancellation)
            .WithinPatienceAsync();
        ended.Value.ShouldBe(taken[operation.Subscriber] is not null);
        taken[operation.Subscriber] = null;
    }

    private async Task SeekAsync(TopicOperation.Seek operation)
    {
        // What has not been forwarded yet is forwarded by the seek, or skipped.
        await ForwardAsync(operation.Process);
        SubscriptionStart to = operation.ToEarliest ? new SubscriptionStart.Earliest() : new SubscriptionStart.Now();
        var sought = await processes[operation.Process]
            .Topics.SeekSubscriptionAsync(Events, Queues[operation.Subscriber], to, Cancellation)
            .WithinPatienceAsync();
        if (taken[operation.Subscriber] is null)
            sought.Failure.ShouldBeOfType<Failure.SubscriptionNotFound>();
        else if (operation.ToEarliest)
            await ExpectAllAsync(operation.Process, operation.Subscriber);
    }

    private async Task ExpectAllAsync(int process, int subscriber)
    {
        expected[subscriber].AddRange(log.Where(r => Takes(subscriber, r.RoutingKey)).Select(r => (r.Text, r.Key)));
        await ForwardAsync(process);
    }

    private async Task RestartAsync(int process)
    {
        processes[process].LoggedErrors.ShouldBeEmpty();
        processes[process].Kill();
        await processes[process].DisposeAsync();
        processes[process] = Start();
    }

    private async Task LookAsync(int process)
    {
        await ForwardAsync(process);
        for (var subscriber = 0; subscriber < Subscribers; subscriber++)
        {
            var arrived = new List<(string Text, string? Key)>();
            var request = new DequeueRequest { MaxMessages = Limits.MaxBatchSize, Delete = true };
            while (
                (await processes[process].Engine.DequeueAsync(Queues[subscriber], MessageSource.Live, request, Cancellation)).Value
                    is { Count: > 0 } some
            )
                arrived.AddRange(some.Select(m => (m.Text(), m.Message.GroupId)));
            var must = expected[subscriber];
            if (subscriber == 1)
            {
                foreach (var group in must.Where(m => m.Key is not null).GroupBy(m => m.Key))
                    arrived.Where(a => a.Key == group.Key).Select(a => a.Text).ShouldBe(group.Select(m => m.Text), $"{Queues[subscriber]}");
            }

            arrived.Select(a => a.Text).ShouldBe(must.Select(m => m.Text), ignoreOrder: true, $"{Queues[subscriber]}");
            must.Clear();
        }
    }

    /// <summary>Until all has come through both topics.</summary>
    private async Task ForwardAsync(int process)
    {
        foreach (var living in processes)
            await living.Topics.WhenIdleAsync().WithinPatienceAsync();
        ForwardReport report;
        do
        {
            report = (await processes[process].Topics.ForwardSubscriptionsAsync(Cancellation).WithinPatienceAsync()).Value;
        } while (report.Left > 0);

        // What the one topic has got in this pass the other may have been visited before.
        (await processes[process].Topics.ForwardSubscriptionsAsync(Cancellation).WithinPatienceAsync()).Value.Left.ShouldBe(0);
    }

    private bool Takes(int subscriber, string routingKey) =>
        taken[subscriber] is { } keys && (keys.Length == 0 || keys.Contains(routingKey));

    private static SubscriptionFilters Filters(string[] routingKeys)
    {
        if (routingKeys.Length == 0)
            return SubscriptionFilters.None;
        var json = $$"""[{"routingKey":[{{string.Join(',', routingKeys.Select(k => $"\"{k}\""))}}]}]""";
        SubscriptionFilters.TryParse(Encoding.UTF8.GetBytes(json), "filters", out var filters, out _).ShouldBeTrue();
        return filters;
    }

    private static TopicName Topic(string text) =>
        TopicName.TryParse(text, out var name) ? name : throw new ArgumentException($"{text} is no topic name.", nameof(text));

    private TestEngine Start() => new([connectionString], options, time);
}
