using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using FuncQueue.Engine;
using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Storage;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sns.Delivery;
using FuncQueue.Functions.Sqs;
using FuncQueue.Functions.Sqs.Actions;
using FuncQueue.Functions.Sqs.Protocol;
using FuncQueue.Functions.Sqs.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>The actions in this process, on a clock that only moves when a test moves it, and a registry of their own.</summary>
public sealed class InProcess : IAsyncDisposable
{
    private readonly SqsActions actions;
    private readonly SqsMaintenance maintenance;
    private readonly CancellationTokenSource stop = new();
    private readonly Task working;

    public InProcess(
        string connectionString,
        string registry,
        FakeTimeProvider time,
        bool background,
        params IReadOnlyList<HttpPipelinePolicy> policies
    )
    {
        Time = time;
        var options = new EngineOptions
        {
            RegistryTable = registry,
            PayloadContainer = registry + "-payloads",
            MaxClockOffset = TimeSpan.MaxValue,
        };
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        Engine = new QueueEngine(
            [StorageClients.Connect(connectionString, options, policies)],
            options,
            time,
            NullLoggerFactory.Instance,
            meters
        );
        maintenance = new SqsMaintenance(Engine, time, NullLogger<SqsMaintenance>.Instance);
        actions = new SqsActions(Engine, time, maintenance, new Notifications(new SigningIdentities(Engine)));
        working = background ? maintenance.WorkAsync(stop.Token) : Task.CompletedTask;
    }

    public FakeTimeProvider Time { get; }

    public QueueEngine Engine { get; }

    /// <summary>What the timer does.</summary>
    public Task RunTimerAsync() => maintenance.RunAsync(CancellationToken.None);

    /// <summary>The result of an action, or the code of its error.</summary>
    public async Task<(JsonNode? Result, string? Code)> TryAsync(string action, string json)
    {
        var address = new SqsAddress("http://test", "us-east-1", "000000000000");
        var answer = await actions.RunAsync(
            new SqsCall(action, JsonInput.Parse(Encoding.UTF8.GetBytes(json))!, Caller.Anybody, address, new CallContext()),
            CancellationToken.None
        );
        if (answer.Error is { } error)
            return (null, error.Code);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            answer.WriteTo(new JsonOutput(writer));
            writer.WriteEndObject();
        }

        return (JsonNode.Parse(buffer.WrittenSpan), null);
    }

    public async Task<JsonNode> CallAsync(string action, string json)
    {
        var (result, code) = await TryAsync(action, json);
        code.ShouldBeNull(action);
        return result!;
    }

    /// <summary>Stops working on what SQS does by itself, as a process that dies would.</summary>
    public async Task StopBackgroundAsync()
    {
        await stop.CancelAsync();
        try
        {
            await working;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopBackgroundAsync();
        await Engine.DisposeAsync();
        stop.Dispose();
    }
}
