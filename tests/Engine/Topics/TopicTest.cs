using System.Text;
using FuncQueue.Engine.Tests.Support;
using FuncQueue.Engine.Topics;
using TopicRecords = System.Collections.Generic.IReadOnlyList<FuncQueue.Engine.Topics.Record>;

namespace FuncQueue.Engine.Tests.Topics;

/// <summary>A test on a topic. Its methods expect success and fail the test otherwise.</summary>
public abstract class TopicTest(AzuriteFixture azurite) : EngineTest(azurite)
{
    protected static readonly TopicName Events = Topic("events");

    protected static readonly TopicSettingsChange OnePartition = new() { Partitions = 1 };

    protected static TopicName Topic(string text) =>
        TopicName.TryParse(text, out var name) ? name : throw new ArgumentException($"{text} is no topic name.", nameof(text));

    protected static PublishRequest Text(string text) =>
        new() { Body = MessageBody.FromBytes(Encoding.UTF8.GetBytes(text)), ContentType = "text/plain" };

    protected static string TextOf(Engine.Topics.Record record) => Encoding.UTF8.GetString(record.Body.ShouldNotBeNull().Span);

    /// <summary>Starts a process and creates the topic, with one partition unless the settings say otherwise.</summary>
    protected async Task<TestEngine> StartWithTopicAsync(TopicSettingsChange? settings = null, TimeProvider? time = null)
    {
        var engine = Start(time: time);
        await PutAsync(engine, settings ?? OnePartition);
        return engine;
    }

    protected static async Task<TopicPut> PutAsync(TestEngine engine, TopicSettingsChange? settings = null) =>
        (await engine.Topics.PutTopicAsync(Events, settings ?? OnePartition, default, Cancellation).WithinPatienceAsync()).Value;

    protected static Task<Outcome<Published>> TryPublishAsync(TestEngine engine, PublishRequest record) =>
        engine.Topics.PublishAsync(Events, record, Cancellation).WithinPatienceAsync();

    protected static async Task<Published> PublishAsync(TestEngine engine, PublishRequest record) =>
        (await TryPublishAsync(engine, record)).Value;

    protected static Task<Published> PublishAsync(TestEngine engine, string text) => PublishAsync(engine, Text(text));

    protected static async Task<IReadOnlyList<Outcome<Published>>> PublishAllAsync(
        TestEngine engine,
        params IEnumerable<PublishRequest> records
    ) => (await engine.Topics.PublishBatchAsync(Events, [.. records], Cancellation).WithinPatienceAsync()).Value;

    protected static Task<Outcome<RecordPage>> TryReadAsync(TestEngine engine, ReadRequest request) =>
        engine.Topics.ReadAsync(Events, request, Cancellation).WithinPatienceAsync();

    protected static Task<Outcome<RecordPage>> TryReadAsync(TestEngine engine, ReadFrom from, int partition = 0) =>
        TryReadAsync(engine, new ReadRequest { Partition = partition, From = from });

    /// <summary>Everything in a partition, page by page.</summary>
    protected static async Task<TopicRecords> ReadEverythingAsync(
        TestEngine engine,
        int partition = 0,
        int pageSize = 100,
        TopicName? topic = null
    )
    {
        var all = new List<Engine.Topics.Record>();
        ReadFrom from = new ReadFrom.Earliest();
        while (true)
        {
            var request = new ReadRequest
            {
                Partition = partition,
                From = from,
                MaxRecords = pageSize,
            };
            var page = (await engine.Topics.ReadAsync(topic ?? Events, request, Cancellation).WithinPatienceAsync()).Value;
            page.Records.Count.ShouldBeLessThanOrEqualTo(pageSize);
            if (page.Records.Count == 0)
                return all;
            all.AddRange(page.Records);
            from = new ReadFrom.Offset(page.NextOffset);
        }
    }

    protected static async Task<IReadOnlyList<string>> TextsAsync(TestEngine engine, int partition = 0) =>
        [.. (await ReadEverythingAsync(engine, partition)).Select(TextOf)];

    /// <summary>The topic's table, looked at from outside.</summary>
    protected async Task<Azure.Data.Tables.TableClient> TableAsync(TestEngine engine)
    {
        engine.Requests.Clear();
        _ = await engine.Topics.GetTopicAsync(Events, Cancellation);
        var table = engine.Requests.All.Last(r => r.IsQuery).Resource.Split('(')[0];
        return new Azure.Data.Tables.TableClient(Azurite.ConnectionString, table);
    }
}
