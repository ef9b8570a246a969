"""Outputs of routers about two prefixes, made up in the form that each tool prints."""

IOS = """\
GW-Core-R3#show ip bgp 185.70.40.101
BGP routing table entry for 185.70.40.0/24, version 28437011
Paths: (2 available, best #2, table default)
  Advertised to update-groups:
     1          3
  Refresh Epoch 1
  3356 22822 19905 19905, (received & used)
    4.69.1.1 (metric 20) from 10.255.0.7 (10.255.0.7)
      Origin IGP, metric 0, localpref 100, valid, internal
      Community: 3356:3 3356:22 no-export
      rx pathid: 0, tx pathid: 0
  Refresh Epoch 1
  22822 19905
    195.34.53.2 from 195.34.53.2 (208.111.0.1)
      Origin IGP, metric 10, localpref 200, valid, external, best
      Community: 8359:5500 8359:55277 8359:16001 8359:16002 8359:16003 8359:16004
        8359:16005
      path 7F2A1C0 RPKI State valid
      rx pathid: 0, tx pathid: 0x0
GW-Core-R3#
"""

XR = """\
RP/0/RSP0/CPU0:core1#show bgp ipv4 unicast 185.70.40.0/24
Tue Mar 12 12:10:11.123 MSK
BGP routing table entry for 185.70.40.0/24
Versions:
  Process           bRIB/RIB  SendTblVer
  Speaker          312345678   312345678
Last Modified: Mar 10 10:11:12.345 for 2d02h
Paths: (1 available, best #1)
  Not advertised to any peer
  Path #1: Received by speaker 0
  Not advertised to any peer
  (65010) 22822 {19905,64500}, (aggregated by 19905 10.1.1.1), (received & used)
    10.0.0.1 (metric 10) from 10.0.0.9 (10.0.0.9)
      Origin incomplete, metric 0, localpref 100, valid, internal, best, group-best
      Received Path ID 0, Local Path ID 1, version 312345678
      Origin-AS validity: not-found
"""

NXOS = """\
switch# show bgp ipv4 unicast 185.70.40.0/24
BGP routing table information for VRF default, address family IPv4 Unicast
BGP routing table entry for 185.70.40.0/24, version 9
Paths: (1 available, best #1)
Flags: (0x8000001a) (high32 00000000) on xmit-list, is in urib

  Advertised path-id 1
  Path type: external, path is valid, is best path, in rib
  AS-Path: 22822 19905 , path sourced external to AS
    192.0.2.1 (metric 0) from 192.0.2.1 (192.0.2.9)
      Origin IGP, MED not set, localpref 100, weight 0
"""

FRR = """\
frr# show bgp ipv6 unicast 2001:db8:40::1
BGP routing table entry for 2001:db8:40::/48, version 7
Paths: (1 available, best #1, table default)
  Advertised to non peer-group peers:
  2001:db8::5 2001:db8::6
  22822 19905
    2001:db8:1::1 from 2001:db8:1::1 (10.0.0.1)
    (fe80::1) (used)
      Origin IGP, valid, external, best (First path received), rpki validation-state: valid
      Large Community: 8359:1:2
      Last update: Fri Oct  4 12:00:01 2024
"""

IOS_TABLE = """\
BGP table version is 123, local router ID is 10.0.0.1
Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path
V*>  156.154.64.0/24  195.34.53.2             10             0 22822 19905 i
N* i 185.70.40.0/24   10.255.0.7               0    100      0 3356 22822 19905 ?
N*>                   195.34.53.2             10    200     77 22822 19905 i
 *>  10.0.0.0         0.0.0.0                  0         32768 i
 *>  2001:DB8:1234:5678:9ABC::/80
                       2001:DB8::1                            0 22822 19905 e
"""

FRR_TABLE = """\
BGP table version is 5, local router ID is 10.0.0.1, vrf id 0
Default local pref 100, local AS 8359
Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete

    Network          Next Hop            Metric LocPrf Weight Path
 *> 185.70.40.0/24   195.34.53.2              0             0 22822 19905 i
 *                   10.0.0.3                               0 3356 22822 19905 i

Displayed  1 routes and 2 total paths
"""

NXOS_TABLE = """\
   Network            Next Hop            Metric     LocPrf     Weight Path
*>e185.70.40.0/24     195.34.53.2              0                     0 22822 19905 i
* i                   10.0.0.3                            100        0 3356 19905 i
"""

JUNOS = """\
user@mx1> show route 185.70.40.101

inet.0: 812345 destinations, 1612345 routes (812300 active, 0 holddown, 45 hidden)
+ = Active Route, - = Last Active, * = Both

185.70.40.0/24     *[BGP/170] 2w3d 04:05:06, MED 0, localpref 200
                      AS path: 22822 19905 I, validation-state: valid
                    > to 195.34.53.2 via xe-0/0/0.0
                    [BGP/170] 05:06:07, localpref 100, from 10.255.0.7
                      AS path: 3356 22822 19905 ?, validation-state: unverified
                    > to 10.1.1.1 via ae1.0
                    [Static/200] 1d 01:00:00
                      Discard
"""

JUNOS_DETAIL = """\
inet.0: 812345 destinations, 1612345 routes (812300 active, 0 holddown, 45 hidden)
185.70.40.0/24 (2 entries, 1 announced)
        *BGP    Preference: 170/-201
                Next hop type: Router, Next hop index: 612
                Address: 0x9334010
                Next-hop reference count: 812345
                Source: 195.34.53.2
                Next hop: 195.34.53.2 via xe-0/0/0.0, selected
                State: <Active Ext>
                Local AS:  8359 Peer AS: 22822
                Age: 1d 2:03:04     Metric: 0
                Validation State: invalid
                Task: BGP_22822.195.34.53.2+179
                Announcement bits (2): 0-KRT 5-BGP_RT_Background
                AS path: 22822 19905 I (Atomic)
                Communities: 8359:5500 large:8359:1:2
                Accepted
                Localpref: 200
                Router ID: 208.111.0.1
         BGP    Preference: 170/-101
                Source: 10.255.0.7
                Next hop: 10.1.1.1 via ae1.0, selected
                State: <Int Ext>
                Local AS:  8359 Peer AS:  8359
                Age: 5:06:07
                AS path: [8359] 3356 22822 19905 I
                Router ID: 10.255.0.7
"""

BIRD1 = """\
bird> show route for 185.70.40.101 all
185.70.40.0/24     via 195.34.53.2 on eth0 [llnw 2019-03-12 12:04:05] * (100) [AS19905i]
\tType: BGP unicast univ
\tBGP.origin: IGP
\tBGP.as_path: 22822 19905
\tBGP.next_hop: 195.34.53.2
\tBGP.local_pref: 200
\tBGP.community: (8359,5500) (8359,55277)
                   via 10.1.1.1 on eth1 [core 2019-03-01 from 10.255.0.7] (100/20) [AS19905i]
\tType: BGP unicast univ
\tBGP.origin: IGP
\tBGP.as_path: 3356 22822 19905
\tBGP.next_hop: 10.1.1.1
"""

BIRD2 = """\
BIRD 2.15.1 ready.
Table master4:
185.70.40.0/24       unicast [llnw 09:04:05.123 from 195.34.53.2] * (100) [AS19905i]
\tvia 195.34.53.2 on eth0
\tType: BGP univ
\tBGP.origin: IGP
\tBGP.as_path: 22822 {19905 64500}
\tBGP.next_hop: 195.34.53.2
\tBGP.local_pref: 100
\tBGP.large_community: (8359, 1, 2)
                     unicast [core 2019-03-01] (100) [AS19905i]
\tvia 10.1.1.1 on eth1
\tType: BGP univ
\tBGP.origin: IGP
\tBGP.as_path: 3356 22822 19905
\tBGP.next_hop: 10.1.1.1 fe80::1
"""

OPENBGPD = """\
flags: * = Valid, > = Selected, I = via IBGP, A = Announced,
       S = Stale, E = Error
origin validation state: N = not-found, V = valid, ! = invalid
aspa validation state: ? = unknown, V = valid, ! = invalid
origin: i = IGP, e = EGP, ? = Incomplete

flags  vs destination          gateway          lpref   med aspath origin
*>    V-? 185.70.40.0/24       195.34.53.2        200     0 22822 19905 i
I*    N-? 185.70.40.0/24       10.1.1.1           100     0 3356 22822 19905 i
AI*>  N-? 192.0.2.0/24         0.0.0.0            100     0 i
"""

OPENBGPD_DETAIL = """\
BGP table entry for 185.70.40.0/24
    22822 19905
    Nexthop 195.34.53.2 (via 195.34.53.2) Neighbor llnw (208.111.0.1)
    Origin IGP, metric 0, localpref 200, weight 0, ovs valid, avs unknown, external, valid, best
    Last update: 02d03h04m ago
    Communities: 8359:5500 8359:55277

BGP table entry for 185.70.40.0/24
    3356 22822 19905
    Nexthop 10.1.1.1 (via 10.1.1.1) from core (10.255.0.7)
    Origin IGP, metric 0, localpref 100, weight 0, internal, valid
    Last update: 05:06:07 ago
"""

BGPDUMP = """\
TABLE_DUMP2|1552392000|B|1.1.1.1|57681|185.70.40.0/24|57681 8359 22822 19905|IGP|1.1.1.1|0|0|57681:1 8359:55
TABLE_DUMP2|1552392000|B|195.34.53.253|8359|185.70.40.0/24|8359 8359 22822 19905|IGP|195.34.53.253|0|0||NAG
TABLE_DUMP2|1552392000|B|80.249.208.1|6777|185.70.40.0/24|3356 22822 {19905,64500}|INCOMPLETE|80.249.208.1|0|0
BGP4MP|1552392245|W|195.34.53.253|8359|185.70.40.0/24
BGP4MP|1552392250|A|195.34.53.253|8359|185.70.40.0/24|8359 3356 19905|IGP|195.34.53.253|0|0|8359:1|NAG
BGP4MP|1552392251|STATE|195.34.53.253|8359|6|1
"""

LOOKING_GLASS = """\
<html><head><title>Looking glass &mdash; MTS</title></head><body>
<h2>Query: bgp, addr: 185.70.40.101</h2>
<pre>
BGP routing table entry for 185.70.40.0/24<br>
Paths: (1 available, best #1)<br>
&nbsp; <a href="https://example.net/AS22822">22822</a> <a href="https://example.net/AS19905">19905</a><br>
&nbsp;&nbsp;&nbsp; 195.34.53.2 from 195.34.53.2 (208.111.0.1)<br>
&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; Origin IGP, localpref 200, valid, external, <b>best</b><br>
</pre></body></html>
"""

NOT_IN_TABLE = """\
route-views>show ip bgp 185.70.40.101
% Network not in table
"""

FRR_JSON = """\
{"vrfId":0,"vrfName":"default","tableVersion":5,"routerId":"10.0.0.1","defaultLocPrf":100,"localAS":8359,
 "routes":{"185.70.40.0/24":[
  {"valid":true,"bestpath":true,"pathFrom":"external","prefix":"185.70.40.0","prefixLen":24,"metric":0,
   "weight":0,"peerId":"195.34.53.2","path":"22822 19905","origin":"IGP",
   "nexthops":[{"ip":"195.34.53.2","afi":"ipv4","used":true}]}]}}
"""

FRR_JSON_DETAIL = """\
{"prefix":"185.70.40.0/24","paths":[
 {"aspath":{"string":"22822 19905","segments":[{"type":"as-sequence","list":[22822,19905]}],"length":2},
  "origin":"IGP","valid":true,"bestpath":{"overall":true,"selectionReason":"First path received"},
  "community":{"string":"8359:5500 8359:55277","list":["8359:5500"]},"rpkiValidationState":"valid",
  "lastUpdate":{"epoch":1552392245,"string":"Tue Mar 12 12:04:05 2019"},
  "nexthops":[{"ip":"195.34.53.2","afi":"ipv4"}],"peer":{"peerId":"195.34.53.2","routerId":"208.111.0.1"}}]}
"""

OPENBGPD_JSON = """\
{"rib":[{"prefix":"185.70.40.0/24","aspath":"22822 19905","exit_nexthop":"195.34.53.2","valid":true,
 "best":true,"source":"external","origin":"IGP","ovs":"valid","neighbor":{"remote_addr":"195.34.53.2"}}]}
"""
