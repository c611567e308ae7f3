using System.Net.Sockets;
using Azure;
using Azure.Identity;
using FuncQueue.Engine.Storage;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>Guarantee 5 begins here: what an error of storage says about whether something happened.</summary>
[Trait("Guarantee", "5")]
public sealed class StorageFaultTests
{
    public static TheoryData<int, string?, string> Statuses =>
        new()
        {
            { 404, "TableNotFound", nameof(FaultKind.TableMissing) },
            { 409, "TableBeingDeleted", nameof(FaultKind.TableMissing) },
            { 404, "ResourceNotFound", nameof(FaultKind.Conflict) },
            { 409, "EntityAlreadyExists", nameof(FaultKind.Conflict) },
            { 412, "UpdateConditionNotSatisfied", nameof(FaultKind.Conflict) },
            { 429, null, nameof(FaultKind.Throttled) },
            { 503, "ServerBusy", nameof(FaultKind.Throttled) },
            { 401, null, nameof(FaultKind.Unavailable) },
            { 403, "AuthorizationFailure", nameof(FaultKind.Unavailable) },
            { 500, "InternalError", nameof(FaultKind.Uncertain) },
            { 500, "OperationTimedOut", nameof(FaultKind.Uncertain) },
            { 408, null, nameof(FaultKind.Uncertain) },
            { 504, null, nameof(FaultKind.Uncertain) },
        };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void An_answer_is_classified_by_its_status_and_code(int status, string? code, string expected)
    {
        StorageFault.TryClassify(new RequestFailedException(status, "x", code, null), out var fault).ShouldBeTrue();
        fault.Kind.ToString().ShouldBe(expected);
    }

    [Fact]
    public void What_fails_while_somebody_cancels_is_a_fault_all_the_same_but_the_cancellation_is_none()
    {
        var (cancelled, going) = (new CancellationToken(true), CancellationToken.None);
        var refused = new HttpRequestException("Connection refused.", new SocketException((int)SocketError.ConnectionRefused));
        StorageFault.TryClassify(refused, cancelled, out var fault).ShouldBeTrue();
        fault.Kind.ShouldBe(FaultKind.Unavailable);
        foreach (
            var cancellation in new Exception[]
            {
                new OperationCanceledException(),
                new AggregateException(refused, new TaskCanceledException()),
                new RequestFailedException(0, "x", null, new TaskCanceledException()),
            }
        )
        {
            StorageFault.TryClassify(cancellation, cancelled, out _).ShouldBeFalse();
            StorageFault.TryClassify(cancellation, going, out fault).ShouldBeTrue("a time-out");
            fault.Kind.ShouldBe(FaultKind.Uncertain);
        }
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, true)]
    [InlineData(SocketError.HostNotFound, true)]
    [InlineData(SocketError.NetworkUnreachable, true)]
    [InlineData(SocketError.ConnectionReset, false)]
    [InlineData(SocketError.TimedOut, false)]
    public void A_connection_that_was_never_made_is_certain_and_one_that_broke_is_not(SocketError error, bool certain)
    {
        var broken = new HttpRequestException("x", new SocketException((int)error));
        foreach (
            var exception in new Exception[]
            {
                broken,
                new RequestFailedException(0, "x", broken),
                new AggregateException(new IOException(), broken),
            }
        )
        {
            StorageFault.TryClassify(exception, out var fault).ShouldBeTrue();
            fault.Kind.ShouldBe(certain ? FaultKind.Unavailable : FaultKind.Uncertain);
        }
    }

    [Fact]
    public void A_lost_answer_is_uncertain_and_without_credentials_nothing_happened()
    {
        foreach (
            var exception in new Exception[]
            {
                new IOException(),
                new TaskCanceledException(),
                new OperationCanceledException(),
                new HttpRequestException(),
            }
        )
        {
            StorageFault.TryClassify(exception, out var fault).ShouldBeTrue();
            fault.Kind.ShouldBe(FaultKind.Uncertain);
        }

        StorageFault.TryClassify(new AuthenticationFailedException("x"), out var denied).ShouldBeTrue();
        denied.Kind.ShouldBe(FaultKind.Unavailable);
    }

    [Fact]
    public void A_defect_is_no_fault_of_storage()
    {
        StorageFault.TryClassify(new InvalidOperationException(), out _).ShouldBeFalse();
        StorageFault.TryClassify(new RequestFailedException(400, "x", "InvalidInput", null), out _).ShouldBeFalse();
        StorageFault.TryClassify(new RequestFailedException(413, "x", "RequestBodyTooLarge", null), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_lost_answer_of_a_read_leaves_nothing_unknown() =>
        new StorageFault(FaultKind.Uncertain, 0, TimeSpan.FromSeconds(2))
            .ToReadFailure()
            .ShouldBe(new Failure.StorageUnavailable(TimeSpan.FromSeconds(2)));
}
