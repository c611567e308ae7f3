using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>A connection that is disposed of while its answer is read, as .NET does when time is up, is a lost answer.</summary>
[Trait("Guarantee", "5")]
public sealed class TransportFaultsTests
{
    public enum Break
    {
        NothingThere,
        Disposed,
    }

    [Theory]
    [InlineData(Break.NothingThere)]
    [InlineData(Break.Disposed)]
    public async Task A_write_is_sent_once_and_its_outcome_is_uncertain(Break broken)
    {
        var transport = new BrokenTransport(() => Fail(broken));
        var fault = await FaultAsync(transport, retries: false);
        fault.Kind.ShouldBe(FaultKind.Uncertain);
        transport.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData(Break.NothingThere)]
    [InlineData(Break.Disposed)]
    public async Task A_read_is_repeated(Break broken)
    {
        var transport = new BrokenTransport(() => Fail(broken));
        var fault = await FaultAsync(transport, retries: true);
        fault.Kind.ShouldBe(FaultKind.Uncertain);
        transport.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task What_is_no_break_stays_what_it_is()
    {
        var options = StorageClients.Configure(
            new TableClientOptions { Transport = new BrokenTransport(() => throw new InvalidCastException()) },
            new EngineOptions(),
            [],
            retries: false
        );
        await Should.ThrowAsync<InvalidCastException>(() => AskAsync(options));
    }

    private static async Task<StorageFault> FaultAsync(BrokenTransport transport, bool retries)
    {
        var options = StorageClients.Configure(new TableClientOptions { Transport = transport }, new EngineOptions(), [], retries);
        var exception = await Should.ThrowAsync<Exception>(() => AskAsync(options));
        StorageFault.TryClassify(exception, out var fault).ShouldBeTrue(exception.ToString());
        return fault;
    }

    private static Task<Response<TableEntity>> AskAsync(TableClientOptions options) =>
        new TableClient("UseDevelopmentStorage=true", "orders", options).GetEntityAsync<TableEntity>(
            "p",
            "r",
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static void Fail(Break how)
    {
        ObjectDisposedException.ThrowIf(how == Break.Disposed, typeof(Stream));
        object? connection = null;
        _ = connection!.GetType();
    }

    private sealed class BrokenTransport(Action fail) : HttpPipelineTransport
    {
        public int Requests { get; private set; }

        public override Request CreateRequest() => HttpClientTransport.Shared.CreateRequest();

        public override void Process(HttpMessage message) => fail();

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            Requests++;
            fail();
            return ValueTask.CompletedTask;
        }
    }
}
