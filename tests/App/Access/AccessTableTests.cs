namespace FuncQueue.App.Tests.Access;

/// <summary>
/// Every operation of the OpenAPI document is tried with every right, on its resource and on another, and with none: it is let through
/// where the document says so, and nowhere else.
/// </summary>
public sealed class AccessTableTests(LockedApp locked) : LockedTest(locked)
{
    private const string Name = "table";

    private static readonly string[] Rights = ["send", "receive", "peek", "inspect", "redrive", "manage", "keys"];

    private static readonly IReadOnlyList<AccessOperation> Operations = AccessOperation.All;

    [Fact]
    public async Task Each_operation_takes_the_right_that_the_document_names_and_no_other()
    {
        var faults = new List<string>();
        foreach (var right in Rights)
        {
            var key = await Keys.MakeAsync("table-" + right, [right], right == "keys" ? ["*"] : [Name, $"topic:{Name}"]);
            foreach (var operation in Operations)
            {
                var wanted = operation.IsTakenBy(right) ? Expected.Through : Expected.Forbidden;
                await TryAsync(operation, key, operation.IsHosts ? Expected.Unauthenticated : wanted, right, faults);
            }
        }

        faults.ShouldBeEmpty(string.Join('\n', faults));
    }

    [Fact]
    public async Task On_another_resource_each_right_is_worth_nothing()
    {
        var faults = new List<string>();
        foreach (var right in Rights.Except(["keys"]))
        {
            var key = await Keys.MakeAsync("elsewhere-" + right, [right], ["elsewhere*", "Table", "topic:elsewhere*", "topic:Table"]);
            foreach (var operation in Operations)
            {
                // A list shows what matches: nothing of what others have.
                var wanted =
                    operation.IsHosts ? Expected.Unauthenticated
                    : operation.IsOfOneResource || !operation.IsTakenBy(right) ? Expected.Forbidden
                    : Expected.Through;
                await TryAsync(operation, key, wanted, right, faults);
            }
        }

        faults.ShouldBeEmpty(string.Join('\n', faults));
    }

    [Fact]
    public async Task Without_a_credential_each_operation_is_refused_but_those_that_are_open()
    {
        await Keys.MakeMasterAsync();
        var faults = new List<string>();
        foreach (var operation in Operations)
            await TryAsync(operation, null, operation.IsOpen ? Expected.Through : Expected.Unauthenticated, "none", faults);
        faults.ShouldBeEmpty(string.Join('\n', faults));
        Operations
            .Where(o => o.IsOpen)
            .Select(o => o.Path)
            .ShouldBe(["/health", "/openapi.json", "/dashboard", "/dashboard/{file}", "/sns/{certificate}"], ignoreOrder: true);
        Operations.Count.ShouldBeGreaterThan(40);
    }

    /// <summary>Asks for what cannot be done, so that nothing happens where the caller gets through.</summary>
    private async Task TryAsync(AccessOperation operation, string? key, Expected expected, string with, List<string> faults)
    {
        var url = operation.UrlOn(Name);
        var client = With(key);
        var answer = await client.SendAsync(new HttpMethod(operation.Method.ToUpperInvariant()), url);
        var told = answer.ContentHeaders.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? answer.Code : null;
        var got = answer.Status switch
        {
            HttpStatusCode.Unauthorized when told == "unauthenticated" || operation.IsHosts => Expected.Unauthenticated,
            HttpStatusCode.Forbidden when told == "forbidden" => Expected.Forbidden,
            HttpStatusCode.BadRequest when told == "invalid-request" => Expected.Through,
            HttpStatusCode.OK when operation.IsOpen => Expected.Through,
            _ => Expected.SomethingElse,
        };
        if (got != expected)
            faults.Add($"{operation.Method} {url} with {with}: {got} instead of {expected}: {answer.Text}");
        if (
            got == Expected.Forbidden
            && !operation.Rights.All(right => answer.Json["detail"]!.GetValue<string>().Contains(right, StringComparison.Ordinal))
        )
            faults.Add($"{operation.Method} {url} with {with} does not name the right: {answer.Text}");
        if (operation.Method == "get")
        {
            var head = await client.SendAsync(HttpMethod.Head, url);
            if (head.Status != answer.Status)
                faults.Add($"HEAD {url} with {with}: {head.Status}");
        }
    }

    private enum Expected
    {
        Through,
        Forbidden,
        Unauthenticated,
        SomethingElse,
    }
}
