using System.Text;
using FuncQueue.Functions.Access;
using FuncQueue.Functions.Sqs.Access;
using FuncQueue.Functions.Sqs.Messages;
using FuncQueue.Functions.Sqs.SigV4;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;

namespace FuncQueue.Sqs.Tests;

/// <summary>Computations with published results, and rules without storage.</summary>
public sealed class PureTests
{
    [Fact]
    public void The_example_of_the_AWS_documentation_has_the_signature_printed_there()
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/?Action=ListUsers&Version=2010-05-08";
        var request = context.Request;
        request.Method = "GET";
        request.Headers.Host = "iam.amazonaws.com";
        request.Headers.ContentType = "application/x-www-form-urlencoded; charset=utf-8";
        request.Headers["X-Amz-Date"] = "20150830T123600Z";
        request.Headers.Authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
            + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        var signature = RequestSignature.Read(request).Signature!;
        var canonical = CanonicalRequest.Create(request, "iam.amazonaws.com", "", signature, default);
        SignatureVerifier.Sign("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", signature, canonical).ShouldBe(signature.Signature);
    }

    [Theory]
    [InlineData("/sqs", "/sqs")]
    [InlineData("/sqs/", "/sqs/")]
    [InlineData("//sqs///1//a%20b", "/sqs/1/a%2520b")]
    [InlineData("/a/../sqs/./b", "/sqs/b")]
    [InlineData("/../..", "/")]
    [InlineData("/a/..", "/")]
    [InlineData("http://host:80/sqs?x", "/sqs")]
    public void A_path_is_signed_without_empty_and_dot_segments_and_encoded_once_more(string target, string canonical)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.Method = "POST";
        var signature = new RequestSignature(CredentialScope.Parse("a/b/c/d/e")!, ["host"], "", default, "", null);
        CanonicalRequest.Create(context.Request, "h", "", signature, default).Split('\n')[1].ShouldBe(canonical);
    }

    public static TheoryData<string, string, string, string> Digests =>
        new()
        {
            { "attribName1", "String", "attribValue 1", "19e27d4e946b072f3f58da80d94fd778" },
            { "customNumberTypeAttrib", "Number.float", "4563442423554324324264524243.32543234", "9fe1b90bbd9965bdf77bac517c7d2495" },
            { "binaryAttribute", "Binary", "Hello binary world!", "31a92b15d92f8db860eda32aceb656c3" },
        };

    [Theory]
    [MemberData(nameof(Digests))]
    public void Digests_of_attributes_are_the_published_ones(string name, string type, string value, string digest) =>
        MessageDigest.OfAttributes([new(name, Attribute(type, value))]).ShouldBe(digest);

    [Fact]
    public void The_digest_of_several_attributes_goes_by_their_names_in_order()
    {
        var all = Digests
            .Select(d => new KeyValuePair<string, MessageAttribute>(d.Data.Item1, Attribute(d.Data.Item2, d.Data.Item3)))
            .ToList();
        MessageDigest.OfAttributes(all).ShouldBe("c932db14a896c663f83c260297d594ff");
        all.Reverse();
        MessageDigest.OfAttributes(all).ShouldBe("c932db14a896c663f83c260297d594ff");
        MessageDigest.OfAttributes([]).ShouldBeNull();
    }

    [Theory]
    [InlineData("*", "anything.fifo", true)]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "Orders", false)]
    [InlineData("orders", "orders-eu", false)]
    [InlineData("orders-*", "orders-eu", true)]
    [InlineData("orders-*", "orders-", true)]
    [InlineData("orders-*", "my-orders-eu", false)]
    [InlineData("orders-?", "orders-1", true)]
    [InlineData("orders-?", "orders-12", false)]
    [InlineData("a, b ,*.fifo", "x.fifo", true)]
    [InlineData("a, b ,*.fifo", "b", true)]
    [InlineData("a, b ,*.fifo", "c", false)]
    public void A_pattern_matches_whole_names(string text, string queue, bool matches)
    {
        KeyOf(text).Caller.Grant.Allows(Rights.Send, Resource.Queue(queue)).ShouldBe(matches);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("[a]")]
    public void What_is_no_pattern_is_not_taken_for_one(string text) => Should.Throw<ArgumentException>(() => KeyOf(text));

    /// <summary>A key of the settings that may send to these queues.</summary>
    private static AccessKey KeyOf(string queues) =>
        AccessKey.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["k:AccessKeyId"] = "k",
                        ["k:SecretAccessKey"] = LockedApp.Secret,
                        ["k:Rights"] = "send",
                        ["k:Queues"] = queues,
                    }
                )
                .Build()
                .GetSection("k")
        );

    [Fact]
    public void Attributes_lead_back_to_themselves_through_those_of_FuncQueue()
    {
        var attributes = new Dictionary<string, MessageAttribute>
        {
            ["a"] = Attribute("String", "x"),
            ["b"] = Attribute("String.label", "\"y\""),
            ["c"] = Attribute("Number.int", "1"),
            ["d"] = Attribute("Binary.png", "\0\u0001"),
        };
        var back = StoredAttributes.Restore(StoredAttributes.Store(attributes));
        back.Keys.ShouldBe(attributes.Keys, ignoreOrder: true);
        foreach (var (name, attribute) in attributes)
        {
            (back[name].DataType, back[name].Text).ShouldBe((attribute.DataType, attribute.Text), name);
            back[name].Bytes.ShouldBe(attribute.Bytes, name);
        }
    }

    private static MessageAttribute Attribute(string type, string value) =>
        MessageAttribute.LogicalType(type) == MessageAttribute.Binary
            ? new MessageAttribute(type, null, Encoding.UTF8.GetBytes(value))
            : new MessageAttribute(type, value, null);
}
